import { CollectorError } from '../events/errors.ts';
import type { Appended, AppendOptions, Position, Queue } from '../events/event-log.ts';

interface Entry {
  readonly bytes: number;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: CollectorError) => void;
  /** Resolves the late outcome; undefined until the record has passed its deadline. */
  resolveLate?: (outcome: Position | CollectorError) => void;
}

export interface InFlightOptions {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** The longest time from the hand-over until the outcome counts as unknown. */
  readonly deadlineMs: number;
  /** Called for every record that passes its deadline. */
  readonly onOverdue: () => void;
}

/**
 * The shortest time between two sweeps for passed deadlines. While the broker is away, thousands of
 * records are due at every instant.
 */
const SWEEP_AGAIN_MS = 10;

/**
 * Owns every record that librdkafka holds. The caller awaits an entry until its delivery report
 * comes or its own deadline passes. An entry beyond its deadline stays until its report comes or
 * the client object goes, because librdkafka still holds its bytes. Every promise that the class
 * gives out settles exactly once.
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

  /** The number of records whose deadline has not passed and whose report has not come. */
  get awaited(): number {
    return this.#awaited;
  }

  /** The age of the oldest record without a report, ms. */
  get oldestMs(): number {
    const [oldest] = this.#entries.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** The records that librdkafka holds, awaited or not. */
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

  /** Takes the outcome of a record from its delivery report, or from a failed hand-over. */
  settle(id: number, outcome: Position | CollectorError): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
    this.#answer(entry, outcome);
  }

  /**
   * Gives up every record, because the client object goes and will report nothing more.
   *
   * @returns how many outcomes stay unknown
   */
  abandon(detail: string): number {
    const unknown = this.#awaited;
    for (const id of [...this.#entries.keys()])
      this.settle(id, new CollectorError('outcome_unknown', detail));
    return unknown;
  }

  /**
   * Sets one timer for the nearest of all deadlines. A timer for each record would cost as much as
   * the record's JSON.
   */
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
      if (leftMs <= 0) this.#passDeadline(entry);
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#sweepIn(Math.max(nextMs, SWEEP_AGAIN_MS));
  }

  #passDeadline(entry: Entry): void {
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
