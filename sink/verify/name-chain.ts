import type { Faults } from './faults.ts';
import type { StoredFile } from './reading/stored-file.ts';

/**
 * Checks the names of the files of a partition, in the order of the files. A name must tell the
 * offsets in the file. Each file must begin with the offset after the file before. Only the names
 * still tell of a lost file when Kafka no longer has the records.
 */
export class NameChain {
  readonly #faults: Faults;
  /** The first and the last offset of the lines in the file that is being read. */
  #first: number | undefined;
  #last: number | undefined;
  #expected: number | undefined;
  #position = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /**
   * The lowest offset at which the writer may go on. All records before were stored, by the names.
   */
  get position(): number {
    return this.#position;
  }

  begin({ path, first, last }: StoredFile): void {
    this.#first = undefined;
    this.#last = undefined;
    const expected = this.#expected;
    if (expected !== undefined && first > expected) {
      this.#addFault(`${path}: a file is missing before it, one that begins with ${expected}`);
    }
    if (expected !== undefined && first < expected) {
      this.#addFault(`${path}: overlaps the one before it, which goes up to ${expected - 1}`);
    }
    if (last === undefined) this.#position = Math.max(this.#position, first);
  }

  addLine(offset: number): void {
    this.#first ??= offset;
    this.#last = offset;
  }

  end({ path, first, last }: StoredFile, newest: boolean): void {
    if (this.#first !== undefined && this.#first < first) {
      this.#addFault(`${path}: begins with offset ${this.#first}`);
    }
    if (last !== undefined && this.#last !== last) {
      this.#addFault(`${path}: ends with offset ${this.#last ?? '(it has no line)'}`);
    }
    if (last === undefined && this.#last === undefined && !newest) {
      this.#addFault(`${path}: has no line, but is not the newest file`);
    }
    this.#expected = Math.max(this.#expected ?? 0, (last ?? this.#last ?? first - 1) + 1);
    this.#position = Math.max(this.#position, this.#expected);
  }

  #addFault(says: string): void {
    this.#faults.add('misnamed', () => says);
  }
}
