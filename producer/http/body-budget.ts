export interface BodyBudgetOptions {
  /** The largest single body, in bytes. */
  readonly maxBodyBytes: number;
  /** The most that all bodies together hold of memory while they come in, in bytes. */
  readonly maxTotalBytes: number;
}

/**
 * Owns the count of the bytes that bodies hold of memory while they come in, of all connections
 * together. The number of connections has no bound, and a client that sends slowly makes the server
 * keep what has come until the request times out.
 */
export class BodyBudget {
  readonly maxBodyBytes: number;
  readonly #maxTotalBytes: number;
  #heldBytes = 0;

  constructor({ maxBodyBytes, maxTotalBytes }: BodyBudgetOptions) {
    this.maxBodyBytes = maxBodyBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** Returns false, and reserves nothing, where the total has no room for so many bytes more. */
  reserve(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#maxTotalBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
