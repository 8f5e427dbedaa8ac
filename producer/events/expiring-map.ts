export interface ExpiringMapOptions {
  /** How long an entry stays, ms. */
  readonly windowMs: number;
  readonly maxEntries: number;
  /** A clock that only goes forward, ms. */
  readonly now?: () => number;
}

/**
 * A walk from the start of a Map passes the gap of each entry deleted since the Map last rehashed.
 * With one walk an event, a full map of 200,000 entries cost 39 us an event. So the map lets its
 * oldest entries go by this part of the whole at a time, in number as in time.
 */
const PARTS_OF_WINDOW = 64;

interface Entry<V> {
  readonly untilMs: number;
  readonly value: V;
}

/**
 * Keeps each value for a while, and only up to a number of them; the oldest go first. A full map
 * lets a small part of them go at once.
 */
export class ExpiringMap<V> {
  readonly #windowMs: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** In the order in which the entries began, which is the order in which they end. */
  readonly #entries = new Map<string, Entry<V>>();
  #shrinkAtMs = Number.NEGATIVE_INFINITY;

  constructor({ windowMs, maxEntries, now = () => performance.now() }: ExpiringMapOptions) {
    this.#windowMs = windowMs;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, unless its time is over. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.untilMs > this.#now() ? entry.value : undefined;
  }

  /** How long the entry stays from now, ms; 0 without one. */
  remainingMs(key: string): number {
    return Math.max(0, (this.#entries.get(key)?.untilMs ?? 0) - this.#now());
  }

  /** Begins a new time for the key. */
  begin(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, { untilMs: this.#now() + this.#windowMs, value });
    this.#shrink();
  }

  /** Of no effect once the entry has gone, or the key has begun anew with another value. */
  forget(key: string, value: V): void {
    if (this.#entries.get(key)?.value === value) this.#entries.delete(key);
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
