export interface BodyBudgetOptions {
  /** The largest single body, in bytes. */
  readonly maxBodyBytes: number;
  /** The most that all bodies together hold of memory while they come in, in bytes. */
  readonly maxTotalBytes: number;
}

/** Large bodies that come slowly must not keep single events out. */
const LARGE_PART = 0.75;

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

  /**
   * Reserves room for a small body, which has a part of the total that large ones never take.
   * Returns false, and reserves nothing, where there is no room.
   */
  reserveSmall(bytes: number): boolean {
    return this.#reserve(bytes, this.#maxTotalBytes);
  }

  /** The same for a piece of a large body. */
  reserveLarge(bytes: number): boolean {
    return this.#reserve(bytes, Math.max(this.maxBodyBytes, LARGE_PART * this.#maxTotalBytes));
  }

  #reserve(bytes: number, maxBytes: number): boolean {
    if (this.#heldBytes + bytes > maxBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
