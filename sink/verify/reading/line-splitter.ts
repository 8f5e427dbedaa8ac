import { LONGEST_LINE_BYTES } from '../../ledger/line.ts';

const LINE_FEED = 0x0a;
/**
 * The part of a longer line that is handed out. It ends like no line of a sink, so it counts as
 * torn.
 */
const SHOWN_BYTES = 60;
const CUT = Buffer.from('... (endless)\n');

/**
 * Cuts the bytes of a file into lines. It holds at most one unfinished line. Of a line without an
 * end, it holds only the beginning.
 */
export class LineSplitter {
  readonly #longestBytes: number;
  #carried: Buffer[] = [];
  #carriedBytes = 0;

  /** @param longestBytes the splitter keeps only the beginning of a longer line */
  constructor(longestBytes = LONGEST_LINE_BYTES) {
    this.#longestBytes = longestBytes;
  }

  /** The number of bytes of the unfinished line, whether they are kept or not. */
  get carriedBytes(): number {
    return this.#carriedBytes;
  }

  /**
   * The lines that end within these bytes, each with its line feed. Of a line that is too long,
   * only the beginning.
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

  /** Drops the unfinished line. */
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
    // A copy: a view of few bytes would keep the whole chunk in memory.
    this.#carried.push(Buffer.from(bytes));
    if (this.#carriedBytes > this.#longestBytes) {
      this.#carried = [Buffer.from(Buffer.concat(this.#carried).subarray(0, SHOWN_BYTES))];
    }
  }
}
