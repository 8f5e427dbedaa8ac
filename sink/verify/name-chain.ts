import type { StoredFile } from './reading/stored-file.ts';
import type { Faults } from './verdict.ts';

/**
 * Whether the files of a partition are called what is in them, and each by the offset after the one before: the one
 * thing that still tells of a lost file when Kafka has its records no longer. Files come in order.
 */
export class NameChain {
  readonly #faults: Faults;
  /** Offsets of the lines of the file that is being read. */
  #first: number | undefined;
  #last: number | undefined;
  #expected: number | undefined;
  #position = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Where the writer goes on at the earliest: everything before was stored once, or the names lie. */
  get position(): number {
    return this.#position;
  }

  begin({ path, first, last }: StoredFile): void {
    this.#first = undefined;
    this.#last = undefined;
    const expected = this.#expected;
    if (expected !== undefined && first > expected) {
      this.#say(`${path}: a file is missing before it, one that begins with ${expected}`);
    }
    if (expected !== undefined && first < expected) {
      this.#say(`${path}: overlaps the one before it, which goes up to ${expected - 1}`);
    }
    if (last === undefined) this.#position = Math.max(this.#position, first);
  }

  line(offset: number): void {
    this.#first ??= offset;
    this.#last = offset;
  }

  end({ path, first, last }: StoredFile, newest: boolean): void {
    if (this.#first !== undefined && this.#first < first) {
      this.#say(`${path}: begins with offset ${this.#first}`);
    }
    if (last !== undefined && this.#last !== last) {
      this.#say(`${path}: ends with offset ${this.#last ?? '(it has no line)'}`);
    }
    if (last === undefined && this.#last === undefined && !newest) {
      this.#say(`${path}: has no line, but is not the newest file`);
    }
    this.#expected = Math.max(this.#expected ?? 0, (last ?? this.#last ?? first - 1) + 1);
    this.#position = Math.max(this.#position, this.#expected);
  }

  #say(says: string): void {
    this.#faults.add('misnamed', () => says);
  }
}
