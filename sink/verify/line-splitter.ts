const LINE_FEED = 0x0a;
/** What has no line feed for so long is no line of ours, whatever the broker's largest record. */
const LONGEST_LINE_BYTES = 256 * 1_048_576;

/** Cuts a file's bytes into lines. Holds one unfinished line at most. */
export class LineSplitter {
  #carried: Buffer[] = [];
  #carriedBytes = 0;

  /** Bytes of the line that has begun. */
  get carriedBytes(): number {
    return this.#carriedBytes;
  }

  /**
   * The lines that end within these bytes, each with its line feed.
   * @throws {RangeError} where a line does not end
   */
  split(bytes: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      lines.push(this.#complete(bytes.subarray(start, end + 1)));
      start = end + 1;
    }
    if (start < bytes.length) this.#carry(bytes.subarray(start));
    return lines;
  }

  /** Forgets the line that has begun. */
  reset(): void {
    this.#carried = [];
    this.#carriedBytes = 0;
  }

  #complete(end: Buffer): Buffer {
    if (this.#carriedBytes === 0) return end;
    const line = Buffer.concat([...this.#carried, end]);
    this.reset();
    return line;
  }

  #carry(bytes: Buffer): void {
    // A copy, or the few bytes would keep all of what was read alive.
    this.#carried.push(Buffer.from(bytes));
    this.#carriedBytes += bytes.length;
    if (this.#carriedBytes > LONGEST_LINE_BYTES) {
      throw new RangeError(`a line of more than ${LONGEST_LINE_BYTES} bytes`);
    }
  }
}
