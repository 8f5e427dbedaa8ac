/** Waking early is harmless, and a timer of more than 2^31 ms would fire at once. */
const LONGEST_WAIT_MS = 60_000;

/** Lets one waiter sleep until a time, or until somebody wakes it. */
export class Alarm {
  #wake: () => void = () => {};

  /**
   * Resolves at `untilMs`, when it is woken, or after a minute.
   *
   * @param untilMs by `performance.now()`; undefined waits for `wake` alone
   */
  wait(untilMs: number | undefined): Promise<void> {
    const leftMs = (untilMs ?? Number.POSITIVE_INFINITY) - performance.now();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), Math.min(Math.max(0, leftMs), LONGEST_WAIT_MS));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }

  /** Wakes the waiter. Does nothing while nobody waits. */
  wake(): void {
    this.#wake();
  }
}
