/** A claim makes about ten requests. More claims at once gain nothing, and fill HDFS' queues. */
const CLAIMS_AT_ONCE = 16;
/** Longer than a claim that nothing holds up. A claim that waits for a lease takes a minute. */
const LENT_AFTER_MS = 500;

/**
 * Lets a few claims go on at once. A claim that takes long lends its place to the next one, and
 * goes on beside it. So a partition whose claim waits for HDFS or Kafka holds up no other for long.
 */
export class ClaimGate {
  readonly #queue: (() => void)[] = [];
  #places = CLAIMS_AT_ONCE;

  /** Begins `claim` when there is a place, and settles as `claim` does. */
  async pass<T>(claim: () => Promise<T>): Promise<T> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    const leave = this.#leaveOnce();
    const timer = setTimeout(leave, LENT_AFTER_MS);
    try {
      return await claim();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  #leaveOnce(): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const next = this.#queue.shift();
      if (next) next();
      else this.#places += 1;
    };
  }
}
