import type { EventOutcome } from './event-outcome.ts';

export interface RepeatWindowOptions {
  readonly windowMs: number;
  readonly maxEntries: number;
  /** A clock that only goes forward, ms. */
  readonly now?: () => number;
}

/**
 * A walk from the start of a Map passes the gap of each entry deleted since the Map last rehashed.
 * With one walk an event, a full window of 200,000 entries cost 39 us an event. So the window lets
 * its oldest entries go by this part of the whole at a time, in number as in time.
 */
const PARTS_OF_WINDOW = 64;

interface Entry {
  readonly untilMs: number;
  outcome: Promise<EventOutcome>;
}

export interface Once {
  /** Whether an earlier event with the same key gave the outcome. */
  readonly repeated: boolean;
  readonly outcome: Promise<EventOutcome>;
}

/**
 * Owns the outcomes of the events that brought an `id` of their own. It keeps each outcome for a
 * while and only up to a number of them; the oldest outcomes go first. A full window lets a small
 * part of them go at once. The window is known to this
 * process alone and ends with it.
 *
 * The window keeps an outcome while it is on its way, while it is undecided, and once the event is
 * acked. It forgets an event that was not stored, or whose outcome nobody will ever know.
 */
export class RepeatWindow {
  readonly #windowMs: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /**
   * In the order in which the keys were first seen, which is the order in which the entries end.
   */
  readonly #entries = new Map<string, Entry>();
  #shrinkAtMs = Number.NEGATIVE_INFINITY;

  constructor({ windowMs, maxEntries, now = () => performance.now() }: RepeatWindowOptions) {
    this.#windowMs = windowMs;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: string): Promise<EventOutcome> | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.untilMs > this.#now() ? entry.outcome : undefined;
  }

  /**
   * Stores an event unless the window has its key already. `store` returns before it has an
   * outcome.
   */
  once(key: string, store: () => Promise<EventOutcome>): Once {
    const found = this.find(key);
    if (found !== undefined) return { repeated: true, outcome: found };
    const entry: Entry = { untilMs: this.#now() + this.#windowMs, outcome: store() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#shrink();
    this.#follow(key, entry);
    return { repeated: false, outcome: entry.outcome };
  }

  #follow(key: string, entry: Entry): void {
    entry.outcome.then(
      (outcome) => this.#conclude(key, entry, outcome),
      () => this.#forget(key, entry),
    );
  }

  #conclude(key: string, entry: Entry, outcome: EventOutcome): void {
    if (outcome.is === 'acked') return;
    if (outcome.is === 'ignored' || outcome.late === undefined) {
      this.#forget(key, entry);
      return;
    }
    void outcome.late.then((late) => {
      entry.outcome = Promise.resolve(late);
      this.#conclude(key, entry, late);
    });
  }

  /** Of no effect once the entry has gone, or the key has begun anew. */
  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  #shrink(): void {
    const nowMs = this.#now();
    const isOver = this.#entries.size > this.#maxEntries;
    if (!isOver && nowMs < this.#shrinkAtMs) return;
    this.#shrinkAtMs = nowMs + this.#windowMs / PARTS_OF_WINDOW;
    const spared = isOver ? Math.floor(this.#maxEntries / PARTS_OF_WINDOW) : 0;
    for (const [key, { untilMs }] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries - spared && untilMs > nowMs) return;
      this.#entries.delete(key);
    }
  }
}
