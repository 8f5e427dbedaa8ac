/** Long enough that a refused publish leaves the partition to its appends. */
const PUBLISH_AGAIN_MS = 10_000;

/**
 * When the partition may publish again after a publish failed. It outlives a session: appends get
 * their turn before the next publish, under the next claim too.
 */
export class PublishBackOff {
  #notBeforeMs = 0;

  /** By `performance.now()`. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  postpone(): void {
    this.#notBeforeMs = performance.now() + PUBLISH_AGAIN_MS;
  }
}
