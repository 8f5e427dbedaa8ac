import { CollectorError } from './errors.ts';
import { ExpiringMap } from './expiring-map.ts';

export interface RateLimitOptions {
  /** Events that one client may send within a window. */
  readonly events: number;
  readonly windowMs: number;
  /** How many clients are counted at once. */
  readonly maxClients?: number;
}

/** Some 20 MB of memory. */
const MAX_CLIENTS = 100_000;

/**
 * Owns the count of each client's events in its current window, which begins with the client's
 * first event. Only this process knows the counts. Where more clients come in one window than are
 * counted at once, the oldest windows end early.
 */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #counts: ExpiringMap<{ events: number }>;

  constructor(options: RateLimitOptions) {
    const { windowMs, maxClients: maxEntries = MAX_CLIENTS } = options;
    this.#options = options;
    this.#counts = new ExpiringMap({ windowMs, maxEntries });
  }

  /**
   * Counts one more event of a client. Returns undefined if the client may send it, else the
   * refusal.
   */
  take(client: string): CollectorError | undefined {
    const { events, windowMs } = this.#options;
    const count = this.#counts.get(client) ?? this.#begin(client);
    count.events += 1;
    if (count.events <= events) return undefined;
    return new CollectorError(
      'rate_limited',
      `The event was not stored: a client may send ${events} in ${windowMs} ms`,
      { retryAfterSeconds: Math.max(1, Math.ceil(this.#counts.remainingMs(client) / 1_000)) },
    );
  }

  #begin(client: string): { events: number } {
    const count = { events: 0 };
    this.#counts.begin(client, count);
    return count;
  }
}
