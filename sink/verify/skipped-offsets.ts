/** A digest of a line, by which the line is recognised later. */
export type Digest = string;

export interface OffsetRun {
  readonly from: number;
  readonly to: number;
}

/**
 * The offsets that the lines have jumped over. They tell a line that comes late from a line that
 * comes twice. Their number is bounded. Beyond the bound, a late line counts as doubled, or its
 * record is not compared. A late line is a fault anyway.
 */
export class SkippedOffsets {
  readonly #maxRanges: number;
  readonly #maxDigests: number;
  #ranges: OffsetRun[] = [];
  readonly #digests = new Map<number, readonly Digest[]>();
  #forgotten = false;

  constructor({ maxRanges = 10_000, maxDigests = 100_000 } = {}) {
    this.#maxRanges = maxRanges;
    this.#maxDigests = maxDigests;
  }

  /** The lines went from an offset before `from` to an offset after `to`. */
  jump(from: number, to: number): void {
    if (to < from) return;
    this.#ranges.push({ from, to });
    if (this.#ranges.length > this.#maxRanges) this.#ranges.shift();
  }

  /**
   * Kafka has a record at this offset.
   *
   * @param digests of the lines that may stand for it
   */
  note(offset: number, digests: () => readonly Digest[]): void {
    if (this.#digests.size < this.#maxDigests) this.#digests.set(offset, digests());
    else this.#forgotten = true;
  }

  /**
   * The first runs of neighbouring offsets whose records have no line so far, ascending, as far as
   * they are remembered.
   *
   * @param limit the largest number of runs
   */
  missingRuns(limit: number): OffsetRun[] {
    const runs: { from: number; to: number }[] = [];
    for (const offset of this.#digests.keys()) {
      const run = runs.at(-1);
      if (run?.to === offset - 1) run.to = offset;
      else if (runs.length === limit) break;
      else runs.push({ from: offset, to: offset });
    }
    return runs;
  }

  /** Takes the offset of a late line. Returns what is known of its record. */
  take(offset: number): 'not skipped' | 'no record' | 'unknown' | { readonly digests: readonly Digest[] } {
    const index = this.#ranges.findLastIndex(({ from, to }) => from <= offset && offset <= to);
    const range = this.#ranges[index];
    if (!range) return 'not skipped';
    const rest = [
      { from: range.from, to: offset - 1 },
      { from: offset + 1, to: range.to },
    ].filter(({ from, to }) => from <= to);
    this.#ranges.splice(index, 1, ...rest);
    const digests = this.#digests.get(offset);
    this.#digests.delete(offset);
    if (digests !== undefined) return { digests };
    return this.#forgotten ? 'unknown' : 'no record';
  }
}
