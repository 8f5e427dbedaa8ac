import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CollectorError } from './errors.ts';

export interface RateLimitOptions {
  /** How many events one client may send ... */
  readonly events: number;
  /** ... in so long, ms. */
  readonly windowMs: number;
}

/** Owns how many events each client has sent in its current window; known to this process alone. */
export class RateLimit {
  readonly #limiter: RateLimiterMemory;
  readonly #options: RateLimitOptions;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#limiter = new RateLimiterMemory({ points: options.events, duration: options.windowMs / 1_000 });
  }

  /** One event more of this client: undefined where it may send it, else the refusal. */
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
