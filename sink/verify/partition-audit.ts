import { isLineOf, LONGEST_LINE_BYTES, readPosition, type TopicRecord } from '../ledger/line.ts';
import { Faults } from './faults.ts';
import { NameChain } from './name-chain.ts';
import type { StoredFile } from './reading/stored-file.ts';
import { SkippedOffsets } from './skipped-offsets.ts';
import { digestOf, digestsOfRecord, excerptOf, isObject, isRejected } from './stored-line.ts';
import { TopicBounds } from './topic-bounds.ts';
import type { Example, Fault, Verdict } from './verdict.ts';

export interface AuditOptions {
  readonly partition: number;
  /** The offsets that Kafka had when the files were listed, without `high`. */
  readonly low: number;
  readonly high: number;
  /**
   * Whether no sink writes any more. Then a record without a line is lost, and a cut line is torn.
   */
  readonly settled: boolean;
  /** Whether Kafka may have dropped single records. Then a line without a record is no fault. */
  readonly compacted: boolean;
}

/** The place of a line, by the position in the line. */
export type Place =
  /** After all lines so far: the records up to `offset` come first. */
  | { readonly kind: 'ahead'; readonly offset: number }
  /** Before a line that was read already. */
  | { readonly kind: 'behind'; readonly offset: number }
  /** The line has no position in this partition. */
  | { readonly kind: 'misplaced' };

const LOST_EXAMPLES = 5;

/**
 * Judges one partition by its lines and its records. It sends no request. Its caller hands over the
 * lines in the order of the files, and the records in the order of their offsets. The caller gives
 * a record with the line of the same offset, or passes it over where the lines went beyond it. The
 * audit holds a bounded number of offsets, however large the partition is.
 */
export class PartitionAudit {
  readonly #options: AuditOptions;
  readonly #faults = new Faults();
  readonly #names = new NameChain(this.#faults);
  readonly #skipped = new SkippedOffsets();
  readonly #bounds: TopicBounds;
  /** The offset after the highest offset of a line. */
  #next: number | undefined;
  #lines = 0;
  #rejected = 0;
  #lost = 0;
  #pending = 0;
  #gone = 0;
  #unfinished = false;
  #failure: string | undefined;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#bounds = new TopicBounds(options);
  }

  /** The records before this offset are accounted for. */
  get next(): number {
    return this.#next ?? this.#options.low;
  }

  /** Whether the caller has to ask for Kafka's bounds before it adds this line. */
  needsBounds(offset: number, record: TopicRecord | undefined): boolean {
    return this.#bounds.needUpdate(offset, record !== undefined);
  }

  updateBounds(bounds: { readonly low: number; readonly high: number }): void {
    this.#bounds.update(bounds);
  }

  beginFile(file: StoredFile): void {
    this.#faults.beginFile(file.path);
    this.#names.begin(file);
  }

  /**
   * @param restBytes the number of bytes after the last line feed
   * @param newest whether the writer goes on in this file
   */
  endFile(file: StoredFile, restBytes: number, newest: boolean): void {
    this.#names.end(file, newest);
    if (restBytes === 0) return;
    const isUnderWay = newest && restBytes <= LONGEST_LINE_BYTES;
    if (isUnderWay && !this.#options.settled) this.#unfinished = true;
    else this.#faults.add('torn', () => `${file.path} ends within a line, ${restBytes} bytes of it`);
  }

  placeOf(line: Buffer): Place {
    const position = readPosition(line);
    if (position?.partition !== this.#options.partition) return { kind: 'misplaced' };
    const { offset } = position;
    return { kind: this.#next === undefined || offset >= this.#next ? 'ahead' : 'behind', offset };
  }

  /** Takes a record that the lines went beyond. */
  passOver(record: TopicRecord): void {
    this.#lost += 1;
    this.#skipped.note(record.offset, () => digestsOfRecord(record));
  }

  /** Takes a record that is left after the last line. */
  leaveOver(record: TopicRecord): void {
    const stored = Math.max(this.#next ?? 0, this.#names.position);
    if (this.#options.settled || record.offset < stored) this.passOver(record);
    else this.#pending += 1;
  }

  /** @param record the record of this offset, where Kafka has one */
  addAhead(line: Buffer, offset: number, record: TopicRecord | undefined): void {
    this.#count(line, offset);
    this.#skipped.jump(this.#next ?? 0, offset - 1);
    this.#next = offset + 1;
    if (!record) this.#judgeAlone(line, offset);
    else if (!isLineOf(line, record)) this.#addDiffering(line, offset);
  }

  addBehind(line: Buffer, offset: number): void {
    this.#count(line, offset);
    const skipped = this.#skipped.take(offset);
    if (skipped === 'not skipped') {
      this.#faults.addInLine('doubled', () => `offset ${offset}`);
      return;
    }
    this.#faults.addInLine('disordered', () => `offset ${offset} after ${this.next - 1}`);
    if (skipped === 'no record') this.#judgeAlone(line, offset);
    else this.#lost -= 1;
    if (typeof skipped === 'object' && !skipped.digests.includes(digestOf(line))) {
      this.#addDiffering(line, offset);
    }
  }

  /** Takes a line without a position in this partition. */
  addMisplaced(line: Buffer): void {
    this.#count(line, undefined);
    const partition = readPosition(line)?.partition;
    if (partition === undefined) this.#addIncomplete(line);
    else this.#faults.addInLine('differing', () => `is of partition ${partition}`);
  }

  /** Notes a fault that is in no line. */
  noteFault(fault: Fault, says: string): void {
    this.#faults.add(fault, () => says);
  }

  /** Ends the audit: the rest of the partition cannot be read. */
  fail(why: string): void {
    this.#failure = why;
  }

  verdict(): Verdict {
    const { partition, low, high } = this.#options;
    return {
      partition,
      low,
      high,
      lines: this.#lines,
      ...this.#faults.counts,
      lost: this.#lost,
      rejected: this.#rejected,
      pending: this.#pending,
      gone: this.#gone,
      unfinished: this.#unfinished,
      examples: [...this.#lostExamples(), ...this.#faults.examples],
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  #count(line: Buffer, offset: number | undefined): void {
    this.#lines += 1;
    this.#faults.beginLine();
    if (isRejected(line)) this.#rejected += 1;
    if (offset !== undefined) this.#names.addLine(offset);
  }

  /** Judges a line without a record. */
  #judgeAlone(line: Buffer, offset: number): void {
    if (!isObject(line)) {
      this.#addIncomplete(line);
      return;
    }
    switch (this.#bounds.placeOf(offset)) {
      case 'beyond-end':
        this.#faults.addInLine('differing', () => `offset ${offset} is beyond the topic's end`);
        break;
      case 'later':
        break;
      case 'dropped':
        this.#gone += 1;
        break;
      case 'within':
        this.#faults.addInLine(
          'differing',
          () => `offset ${offset} has no record (of a compacted topic? --compacted)`,
        );
    }
  }

  #addDiffering(line: Buffer, offset: number): void {
    if (isObject(line)) {
      this.#faults.addInLine('differing', () => `is not the record of offset ${offset}: ${excerptOf(line)}`);
    } else this.#addIncomplete(line);
  }

  #addIncomplete(line: Buffer): void {
    this.#faults.addInLine('torn', () => `no complete line: ${excerptOf(line)}`);
  }

  /** One example for neighbours, as records are seldom lost alone. */
  #lostExamples(): Example[] {
    return this.#skipped.missingRuns(LOST_EXAMPLES).map(({ from, to }) => ({
      fault: 'lost',
      says: from === to ? `offset ${from}` : `offsets ${from} to ${to}`,
    }));
  }
}
