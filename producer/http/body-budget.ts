/**
 * What the bodies that are still coming in hold of memory, of all connections together. One body is bounded by itself, but
 * nobody bounds the connections, and whoever dribbles has what was sent so far kept until the request times out.
 */
export class IncomingBytes {
  readonly #max: number;
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** False where there is no room for so much more, and then nothing is held of it. */
  hold(bytes: number): boolean {
    if (this.#held + bytes > this.#max) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
