import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes of one id. */
const RANDOM_BYTES = 16;
/**
 * Ids whose random bytes are fetched at once. Fetched for each id, they took a tenth of an event's
 * time.
 */
const IDS_PER_FETCH = 256;

/** Makes the ids of events, and owns random bytes fetched ahead for the next ones. */
export class EventIds {
  readonly #random = new Uint8Array(RANDOM_BYTES * IDS_PER_FETCH);
  #usedBytes = this.#random.length;

  /** A UUID v7 (RFC 9562) of the instant `atMs`, in milliseconds since the epoch. */
  next(atMs: number): string {
    return v7({ msecs: atMs, rng: () => this.#nextRandom() });
  }

  #nextRandom(): Uint8Array {
    if (this.#usedBytes === this.#random.length) {
      randomFillSync(this.#random);
      this.#usedBytes = 0;
    }
    this.#usedBytes += RANDOM_BYTES;
    return this.#random.subarray(this.#usedBytes - RANDOM_BYTES, this.#usedBytes);
  }
}
