/** Bytes that lie in several buffers, one behind the other, taken from the front without being copied. */
export class ByteQueue {
  readonly #pieces: Buffer[];
  #bytes: number;

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = [...pieces].reverse();
    this.#bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** How many are left. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So many, or as many as are left. */
  take(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    for (let missing = bytes; missing > 0; ) {
      const piece = this.#pieces.pop();
      if (piece === undefined) break;
      if (piece.length > missing) this.#pieces.push(piece.subarray(missing));
      const part = piece.length > missing ? piece.subarray(0, missing) : piece;
      taken.push(part);
      missing -= part.length;
      this.#bytes -= part.length;
    }
    return taken;
  }
}
