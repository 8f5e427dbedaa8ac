import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CollectorError } from './errors.ts';

export interface RateLimitOptions {
  /** Events that one client may send within a window. */
  readonly events: number;
  readonly windowMs: number;
}

/**
 * Owns the count of each client's events in its current window. Only this process knows the counts.
 */
export class RateLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #options: RateLimitOptions;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#limiter = new RateLimiterMemory({ points: options.events, duration: options.windowMs / 1_000 });
  }

  /**
   * Counts one more event of a client. Returns undefined if the client may send it, else the
   * refusal.
   */
  async take(client: string): Promise<CollectorError | undefined> {
    try {
      await this.#limiter.consume(client);
      return undefined;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const { events, windowMs } = this.#options;
      return new CollectorError(
        'rate_limited',
        `The event was not stored: a client may send ${events} in ${windowMs} ms`,
        { retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)) },
      );
    }
  }
}
