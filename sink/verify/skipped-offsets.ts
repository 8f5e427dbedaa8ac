/** What a passed-over record's line would have been: enough to recognise it, and no more. */
export type Digest = string;

/**
 * Offsets that the lines have jumped over, so that a line that comes late is told from one that comes twice. Bounded:
 * beyond that many, what comes late counts as doubled, or is taken for its record unseen. Either is wrong anyway.
 */
export class SkippedOffsets {
  readonly #maxRanges: number;
  readonly #maxDigests: number;
  #ranges: { from: number; to: number }[] = [];
  readonly #digests = new Map<number, Digest>();
  #forgotten = false;

  constructor({ maxRanges = 10_000, maxDigests = 100_000 } = {}) {
    this.#maxRanges = maxRanges;
    this.#maxDigests = maxDigests;
  }

  /** The lines went from before `from` to behind `to`; both may have records, or not. */
  jump(from: number, to: number): void {
    if (to < from) return;
    this.#ranges.push({ from, to });
    if (this.#ranges.length > this.#maxRanges) this.#ranges.shift();
  }

  /** Kafka has a record there. */
  note(offset: number, digest: () => Digest): void {
    if (this.#digests.size < this.#maxDigests) this.#digests.set(offset, digest());
    else this.#forgotten = true;
  }

  /** Offsets of records that have no line so far, ascending, as far as they are remembered. */
  missing(): Iterable<number> {
    return this.#digests.keys();
  }

  /** A line came late: what is known of its record. */
  take(offset: number): 'not skipped' | 'no record' | 'unknown' | { readonly digest: Digest } {
    const index = this.#ranges.findLastIndex(({ from, to }) => from <= offset && offset <= to);
    const range = this.#ranges[index];
    if (!range) return 'not skipped';
    const rest = [
      { from: range.from, to: offset - 1 },
      { from: offset + 1, to: range.to },
    ].filter(({ from, to }) => from <= to);
    this.#ranges.splice(index, 1, ...rest);
    const digest = this.#digests.get(offset);
    this.#digests.delete(offset);
    if (digest !== undefined) return { digest };
    return this.#forgotten ? 'unknown' : 'no record';
  }
}
