/**
 * Exponential back-off with jitter: half of each pause is certain, half is chance, so that what failed together
 * does not come back together.
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
