import { type Line, lineBytes, writeLine } from '../ledger/line.ts';

/** Lines of one hour in one piece of memory, in offset order. */
interface Block {
  readonly memory: Buffer;
  readonly hour: number;
  /** When its first line came, ms. */
  readonly sinceMs: number;
  used: number;
  count: number;
  last: number;
}

/** What one append carries: lines of one hour, in offset order. */
export interface Batch {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  readonly count: number;
  /** Offset of the last line. */
  readonly last: number;
  readonly hour: number;
}

/** Small enough that an idle partition costs little, large enough that a batch is a handful of writes. */
const BLOCK_BYTES = 65_536;

/**
 * The lines of one partition that are read but not yet durable. It owns their bytes: `bytes` counts what waits and
 * what is taken but not yet settled, for that is what the memory bound is about.
 */
export class LineBuffer {
  readonly #blocks: Block[] = [];
  #bytes = 0;
  #count = 0;

  /** Bytes held, those of an unsettled batch included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lines that wait; those of an unsettled batch not included. */
  get count(): number {
    return this.#count;
  }

  /** Since when the oldest waiting line waits, ms; undefined where none does. */
  get sinceMs(): number | undefined {
    return this.#blocks[0]?.sinceMs;
  }

  /** The hour of the oldest waiting line. */
  get hour(): number | undefined {
    return this.#blocks[0]?.hour;
  }

  add(line: Line, offset: number, hour: number, nowMs: number): void {
    const size = lineBytes(line);
    let block = this.#blocks.at(-1);
    if (!block || block.hour !== hour || block.memory.length - block.used < size) {
      const memory = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, size));
      block = { memory, hour, sinceMs: nowMs, used: 0, count: 0, last: offset };
      this.#blocks.push(block);
    }
    block.used = writeLine(line, block.memory, block.used);
    block.count += 1;
    block.last = offset;
    this.#bytes += size;
    this.#count += 1;
  }

  /** Takes the oldest lines, all of one hour, at least one block and no more than `maxBytes` beyond that. */
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

  /** The batch is durable: its memory is free. */
  settle(batch: Batch): void {
    this.#bytes -= batch.bytes;
  }
}
