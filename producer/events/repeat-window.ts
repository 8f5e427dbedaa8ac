import type { EventOutcome } from './event-outcome.ts';
import { ExpiringMap, type ExpiringMapOptions } from './expiring-map.ts';

interface Remembered {
  outcome: Promise<EventOutcome>;
}

export interface Once {
  /** Whether an earlier event with the same key gave the outcome. */
  readonly repeated: boolean;
  readonly outcome: Promise<EventOutcome>;
}

/**
 * Owns the outcomes of the events that brought an `id` of their own. It keeps each outcome for a
 * while and only up to a number of them; the oldest outcomes go first. The window is known to this
 * process alone and ends with it.
 *
 * The window keeps an outcome while it is on its way, while it is undecided, and once the event is
 * acked. It forgets an event that was not stored, or whose outcome nobody will ever know.
 */
export class RepeatWindow {
  readonly #remembered: ExpiringMap<Remembered>;

  constructor(options: ExpiringMapOptions) {
    this.#remembered = new ExpiringMap(options);
  }

  get size(): number {
    return this.#remembered.size;
  }

  find(key: string): Promise<EventOutcome> | undefined {
    return this.#remembered.get(key)?.outcome;
  }

  /**
   * Stores an event unless the window has its key already. `store` returns before it has an
   * outcome.
   */
  once(key: string, store: () => Promise<EventOutcome>): Once {
    const found = this.find(key);
    if (found !== undefined) return { repeated: true, outcome: found };
    const remembered: Remembered = { outcome: store() };
    this.#remembered.begin(key, remembered);
    this.#follow(key, remembered);
    return { repeated: false, outcome: remembered.outcome };
  }

  #follow(key: string, remembered: Remembered): void {
    remembered.outcome.then(
      (outcome) => this.#conclude(key, remembered, outcome),
      () => this.#remembered.forget(key, remembered),
    );
  }

  #conclude(key: string, remembered: Remembered, outcome: EventOutcome): void {
    if (outcome.is === 'acked') return;
    if (outcome.is === 'ignored' || outcome.late === undefined) {
      this.#remembered.forget(key, remembered);
      return;
    }
    void outcome.late.then((late) => {
      remembered.outcome = Promise.resolve(late);
      this.#conclude(key, remembered, late);
    });
  }
}
