/**
 * Exponential back-off with jitter. Half of each pause is fixed, and half is random. Clients that
 * failed together therefore do not come back together.
 */
export class BackOff {
  readonly #firstMs: number;
  readonly #lastMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(firstMs: number, lastMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
    this.#random = random;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** How long to wait after one more failure, ms. */
  next(): number {
    const fullMs = Math.min(this.#firstMs * 2 ** this.#failures, this.#lastMs);
    this.#failures += 1;
    return fullMs / 2 + (this.#random() * fullMs) / 2;
  }

  reset(): void {
    this.#failures = 0;
  }
}
