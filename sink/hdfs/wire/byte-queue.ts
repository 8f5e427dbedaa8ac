/** Bytes in several buffers, in order. They are taken from the front without being copied. */
export class ByteQueue {
  /** The first buffer is the last item. */
  readonly #buffers: Buffer[];
  #bytes: number;

  constructor(buffers: readonly Buffer[]) {
    this.#buffers = [...buffers].reverse();
    this.#bytes = buffers.reduce((sum, { length }) => sum + length, 0);
  }

  /** How many bytes are left. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes this many bytes, or all that are left. */
  take(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    for (let missing = bytes; missing > 0; ) {
      const buffer = this.#buffers.pop();
      if (buffer === undefined) break;
      if (buffer.length > missing) this.#buffers.push(buffer.subarray(missing));
      const part = buffer.length > missing ? buffer.subarray(0, missing) : buffer;
      taken.push(part);
      missing -= part.length;
      this.#bytes -= part.length;
    }
    return taken;
  }
}
