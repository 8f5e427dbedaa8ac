import { type Line, lineBytes, writeLine } from '../ledger/line.ts';

/** Lines of one hour in one piece of memory, by ascending offset. */
interface Block {
  readonly memory: Buffer;
  readonly hour: number;
  /** When the block's first line came, ms. */
  readonly sinceMs: number;
  used: number;
  count: number;
  last: number;
}

/** The lines of one append: lines of one hour, by ascending offset. */
export interface Batch {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  readonly count: number;
  /** Offset of the last line. */
  readonly last: number;
  readonly hour: number;
}

/** Large enough for a batch of few writes. */
const BLOCK_BYTES = 65_536;
/** The first block is small: of many partitions, most have a few lines at a time. */
const FIRST_BLOCK_BYTES = 4_096;

/**
 * The lines of one partition that are read but not yet durable. The buffer owns their bytes. A
 * batch that was taken counts in `bytes` until it is freed, because the memory bound covers it too.
 */
export class LineBuffer {
  readonly #blocks: Block[] = [];
  #bytes = 0;
  #count = 0;

  /** Bytes of waiting lines and of batches that are not freed yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of waiting lines, without the lines of batches. */
  get count(): number {
    return this.#count;
  }

  /** When the oldest waiting line came, ms; undefined when no line waits. */
  get sinceMs(): number | undefined {
    return this.#blocks[0]?.sinceMs;
  }

  /** The hour of the oldest waiting line; undefined when no line waits. */
  get hour(): number | undefined {
    return this.#blocks[0]?.hour;
  }

  add(line: Line, offset: number, hour: number, nowMs: number): void {
    const size = lineBytes(line);
    let block = this.#blocks.at(-1);
    if (!block || block.hour !== hour || block.memory.length - block.used < size) {
      const room = this.#blocks.length === 0 ? FIRST_BLOCK_BYTES : BLOCK_BYTES;
      const memory = Buffer.allocUnsafeSlow(Math.max(room, size));
      block = { memory, hour, sinceMs: nowMs, used: 0, count: 0, last: offset };
      this.#blocks.push(block);
    }
    block.used = writeLine(line, block.memory, block.used);
    block.count += 1;
    block.last = offset;
    this.#bytes += size;
    this.#count += 1;
  }

  /**
   * Takes the oldest lines, all of one hour. A batch has at least one block, and no further block
   * that would make it larger than `maxBytes`. Returns undefined when no line waits.
   */
  take(maxBytes: number): Batch | undefined {
    const first = this.#blocks[0];
    if (!first) return undefined;
    let taken = 0;
    let bytes = 0;
    for (const block of this.#blocks) {
      if (block.hour !== first.hour || (taken > 0 && bytes + block.used > maxBytes)) break;
      taken += 1;
      bytes += block.used;
    }
    const blocks = this.#blocks.splice(0, taken);
    const count = blocks.reduce((sum, block) => sum + block.count, 0);
    this.#count -= count;
    return {
      chunks: blocks.map((block) => block.memory.subarray(0, block.used)),
      bytes,
      count,
      last: (blocks.at(-1) ?? first).last,
      hour: first.hour,
    };
  }

  /** Frees the memory of a batch that is durable. */
  free(batch: Batch): void {
    this.#bytes -= batch.bytes;
  }
}
