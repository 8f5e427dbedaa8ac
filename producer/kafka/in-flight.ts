import { CollectorError } from '../events/errors.ts';
import type { Appended, AppendOptions, Position, Queue } from '../events/event-log.ts';

interface Entry {
  readonly bytes: number;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: CollectorError) => void;
  /** Resolves the late outcome; there once the record has passed its deadline and is no longer awaited. */
  resolveLate?: (outcome: Position | CollectorError) => void;
}

export interface InFlightOptions {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** From handing over to calling the outcome unknown, at the latest. */
  readonly deadlineMs: number;
  /** Told of every record that passed the deadline. */
  readonly onOverdue: () => void;
}

/** Deadlines are looked after together, not more often than this: with the broker away thousands are due at every instant. */
const SWEEP_AGAIN_MS = 10;

/**
 * Owns every record librdkafka holds. An entry is awaited until it settles, by its delivery report or by our own
 * deadline; one that passed the deadline stays, no longer awaited, until its report comes or the producer goes, for its
 * bytes are still in librdkafka. Every promise given out settles, and settles once.
 */
export class InFlight {
  readonly #options: InFlightOptions;
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;
  #bytes = 0;
  #awaited = 0;
  #sweepAtMs = Number.POSITIVE_INFINITY;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  /** Records whose outcome somebody awaits. */
  get awaited(): number {
    return this.#awaited;
  }

  /** For how long the oldest record has been without a report, ms. */
  get oldestMs(): number {
    const [oldest] = this.#entries.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** All that librdkafka holds, awaited or not. */
  get queue(): Queue {
    const { maxRecords, maxBytes } = this.#options;
    return { events: this.#entries.size, bytes: this.#bytes, maxEvents: maxRecords, maxBytes };
  }

  hasRoom(bytes: number): boolean {
    return this.#entries.size < this.#options.maxRecords && this.#bytes + bytes <= this.#options.maxBytes;
  }

  add(
    bytes: number,
    { withinMs = Number.POSITIVE_INFINITY }: AppendOptions = {},
  ): { readonly id: number; readonly appended: Promise<Appended> } {
    this.#lastId += 1;
    const id = this.#lastId;
    const deadlineMs = Math.max(0, Math.min(withinMs, this.#options.deadlineMs));
    const sinceMs = performance.now();
    const appended = new Promise<Appended>((resolve, reject) => {
      this.#entries.set(id, { bytes, sinceMs, deadlineMs, resolve, reject });
    });
    this.#bytes += bytes;
    this.#awaited += 1;
    if (sinceMs + deadlineMs < this.#sweepAtMs) this.#sweepIn(deadlineMs);
    return { id, appended };
  }

  /** Its delivery report came. */
  settle(id: number, outcome: Position | CollectorError): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
    this.#answer(entry, outcome);
  }

  /** The producer goes, and no report will come any more. Returns how many outcomes stay unknown. */
  abandon(detail: string): number {
    const unknown = this.#awaited;
    for (const id of [...this.#entries.keys()])
      this.settle(id, new CollectorError('outcome_unknown', detail));
    return unknown;
  }

  /** One timer aimed at the nearest deadline of all: one for each record costs as much as to make its JSON. */
  #sweepIn(ms: number): void {
    clearTimeout(this.#sweeper);
    this.#sweepAtMs = performance.now() + ms;
    this.#sweeper = setTimeout(() => this.#sweep(), Math.ceil(ms)).unref();
  }

  #sweep(): void {
    this.#sweepAtMs = Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (entry.resolveLate !== undefined) continue;
      const leftMs = entry.sinceMs + entry.deadlineMs - nowMs;
      if (leftMs <= 0) this.#overdue(entry);
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#sweepIn(Math.max(nextMs, SWEEP_AGAIN_MS));
  }

  #overdue(entry: Entry): void {
    const detail = `The broker said nothing for ${entry.deadlineMs} ms`;
    const late = new Promise<Position | CollectorError>((resolve) => {
      entry.resolveLate = resolve;
    });
    this.#awaited -= 1;
    entry.resolve({ undecided: new CollectorError('outcome_unknown', detail), late });
    this.#options.onOverdue();
  }

  #answer(entry: Entry, outcome: Position | CollectorError): void {
    if (entry.resolveLate !== undefined) {
      entry.resolveLate(outcome);
      return;
    }
    this.#awaited -= 1;
    if (outcome instanceof CollectorError) entry.reject(outcome);
    else entry.resolve(outcome);
  }
}
