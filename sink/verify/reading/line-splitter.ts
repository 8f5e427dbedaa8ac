const LINE_FEED = 0x0a;
/** What has no line feed for so long is no line of ours, whatever the broker's largest record. */
export const LONGEST_LINE_BYTES = 256 * 1_048_576;
/** So much of a longer one is handed out. It ends like no line of ours, so it is found torn. */
const SHOWN_BYTES = 60;
const CUT = Buffer.from('... (endless)\n');

/** Cuts a file's bytes into lines. Holds one unfinished line at most, and of one that does not end only its beginning. */
export class LineSplitter {
  readonly #longestBytes: number;
  #carried: Buffer[] = [];
  #carriedBytes = 0;

  /** @param longestBytes beyond which a line is not kept */
  constructor(longestBytes = LONGEST_LINE_BYTES) {
    this.#longestBytes = longestBytes;
  }

  /** Bytes of the line that has begun, kept or not. */
  get carriedBytes(): number {
    return this.#carriedBytes;
  }

  /** The lines that end within these bytes, each with its line feed; of one that is too long the beginning alone. */
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
    const isEndless = this.#carriedBytes > this.#longestBytes;
    const line = Buffer.concat([...this.#carried, isEndless ? CUT : end]);
    this.reset();
    return line;
  }

  #carry(bytes: Buffer): void {
    const wasEndless = this.#carriedBytes > this.#longestBytes;
    this.#carriedBytes += bytes.length;
    if (wasEndless) return;
    // A copy, or the few bytes would keep all of what was read alive.
    this.#carried.push(Buffer.from(bytes));
    if (this.#carriedBytes > this.#longestBytes) {
      this.#carried = [Buffer.from(Buffer.concat(this.#carried).subarray(0, SHOWN_BYTES))];
    }
  }
}
