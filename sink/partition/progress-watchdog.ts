/** The progress of one partition's writer. */
export interface WriterProgress {
  readonly partition: number;
  /** Another object after each claim. */
  readonly state: object;
  /** The number of requests of this session that have ended: appends, rolls and publishes. */
  readonly steps: number;
  readonly bufferedBytes: number;
}

/** Lines that wait while no request ends. */
interface Wait {
  readonly steps: number;
  readonly sinceMs: number;
}

/** A poll takes 50 ms, and comes back empty as fast while the brokers are away. */
const POLL_TIMEOUT_MS = 10_000;

/**
 * Tells a sink that stands still from a sink that waits for Kafka or HDFS. Either may be away for
 * ever: polls then come back empty, and requests fail by their deadlines and lead to another claim.
 * Two things must not happen. The loop that polls must not stop turning. And lines must not wait in
 * one session that ends no request. Every wait in a session has a deadline, so a wait beyond all
 * deadlines will never end.
 */
export class ProgressWatchdog {
  readonly #writeTimeoutMs: number;
  readonly #waits = new WeakMap<object, Wait>();

  /** @param options `writeTimeoutMs` exceeds every deadline of a session together */
  constructor({ writeTimeoutMs }: { readonly writeTimeoutMs: number }) {
    this.#writeTimeoutMs = writeTimeoutMs;
  }

  /**
   * Compares the writers with the last call.
   *
   * @param polledAtMs when the loop last turned; undefined while no loop runs
   * @returns a sentence about what stands still; undefined when nothing does
   */
  findStandstill(
    nowMs: number,
    polledAtMs: number | undefined,
    writers: readonly WriterProgress[],
  ): string | undefined {
    const stuck = writers.filter((writer) => this.#waitedMs(writer, nowMs) > this.#writeTimeoutMs);
    if (polledAtMs !== undefined && nowMs - polledAtMs > POLL_TIMEOUT_MS) return 'Kafka is not polled';
    if (stuck.length === 0) return undefined;
    return `no request ends in partition ${stuck.map(({ partition }) => partition).join(', ')}`;
  }

  /** For how long every call found buffered lines and the same number of ended requests. */
  #waitedMs({ state, steps, bufferedBytes }: WriterProgress, nowMs: number): number {
    const known = this.#waits.get(state);
    if (bufferedBytes > 0 && known?.steps === steps) return nowMs - known.sinceMs;
    if (bufferedBytes > 0) this.#waits.set(state, { steps, sinceMs: nowMs });
    else this.#waits.delete(state);
    return 0;
  }
}
