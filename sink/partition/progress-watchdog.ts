/** What is looked at of a writer. */
export interface Writing {
  readonly partition: number;
  /** Another object after each claim. */
  readonly state: object;
  /** Requests this session has seen the end of: appends, rolls, publishes. */
  readonly steps: number;
  readonly bufferedBytes: number;
}

interface Waiting {
  readonly steps: number;
  readonly sinceMs: number;
}

/** A poll takes 50 ms; while the brokers are away it comes back empty just as often. */
const POLL_TIMEOUT_MS = 10_000;

/**
 * Tells a sink that does not go on from one that waits for somebody. Kafka and HDFS may be away for ever: then polls come
 * back empty, and requests fail by their deadlines and lead to another claim. What must not happen is that the loop which
 * polls no longer turns, or that lines wait in one and the same session that ends no request: every wait in there has a
 * deadline, so one that outlasts them all is an end that never came.
 */
export class Standstill {
  readonly #writeTimeoutMs: number;
  readonly #waiting = new WeakMap<object, Waiting>();

  constructor({ writeTimeoutMs }: { readonly writeTimeoutMs: number }) {
    this.#writeTimeoutMs = writeTimeoutMs;
  }

  /**
   * @param polledAtMs when the loop last turned; undefined where there is none to turn
   * @returns what stands still, in words; undefined where nothing does
   */
  look(nowMs: number, polledAtMs: number | undefined, writers: readonly Writing[]): string | undefined {
    const stuck = writers.filter((writer) => this.#waitsMs(writer, nowMs) > this.#writeTimeoutMs);
    if (polledAtMs !== undefined && nowMs - polledAtMs > POLL_TIMEOUT_MS) return 'Kafka is not polled';
    if (stuck.length === 0) return undefined;
    return `no request ends in partition ${stuck.map(({ partition }) => partition).join(', ')}`;
  }

  /** For how long all looks found lines and no request that had ended. */
  #waitsMs({ state, steps, bufferedBytes }: Writing, nowMs: number): number {
    const known = this.#waiting.get(state);
    if (bufferedBytes > 0 && known?.steps === steps && known) return nowMs - known.sinceMs;
    if (bufferedBytes > 0) this.#waiting.set(state, { steps, sinceMs: nowMs });
    else this.#waiting.delete(state);
    return 0;
  }
}
