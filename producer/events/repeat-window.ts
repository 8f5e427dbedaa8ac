export interface RepeatWindowOptions {
  readonly windowMs: number;
  readonly maxEntries: number;
  /** A clock that only goes forward, ms. */
  readonly now?: () => number;
}

interface Entry<T> {
  readonly untilMs: number;
  outcome: T;
}

/** One that is remembered; of no effect once it is not any more, or the key has begun anew. */
export interface Remembered<T> {
  /** More is known of it. */
  replace(outcome: T): void;
  forget(): void;
}

/**
 * Owns what became of the events that brought an id of their own, for a while and up to a number: the oldest go first.
 * Known to this process alone, and gone with it.
 */
export class RepeatWindow<T> {
  readonly #windowMs: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** In the order in which they were first seen, which is the order in which they end. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor({ windowMs, maxEntries, now = () => performance.now() }: RepeatWindowOptions) {
    this.#windowMs = windowMs;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.untilMs > this.#now() ? entry.outcome : undefined;
  }

  /** From now on. */
  begin(key: string, outcome: T): Remembered<T> {
    const entry: Entry<T> = { untilMs: this.#now() + this.#windowMs, outcome };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#shrink();
    return {
      replace: (known) => {
        entry.outcome = known;
      },
      forget: () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    };
  }

  #shrink(): void {
    const nowMs = this.#now();
    for (const [key, { untilMs }] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && untilMs > nowMs) return;
      this.#entries.delete(key);
    }
  }
}
