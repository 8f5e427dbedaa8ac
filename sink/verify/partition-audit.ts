import { createHash } from 'node:crypto';
import { encodeLine, type Line, readPosition, type TopicRecord } from '../ledger/line.ts';
import { NameChain } from './name-chain.ts';
import { LONGEST_LINE_BYTES } from './reading/line-splitter.ts';
import type { StoredFile } from './reading/stored-file.ts';
import { type Digest, SkippedOffsets } from './skipped-offsets.ts';
import { type Example, type Fault, Faults, type Verdict } from './verdict.ts';

export interface AuditOptions {
  readonly partition: number;
  /** What Kafka has, `high` excluded, as it was when the files were listed. */
  readonly low: number;
  readonly high: number;
  /** Whether what is not stored yet, or not to its end, counts as lost and torn: nobody writes any more. */
  readonly settled: boolean;
  /** Whether Kafka may have dropped single records, so that a line without one says nothing. */
  readonly compacted: boolean;
}

/** Where a line belongs, by its own word. */
export type Place =
  /** Ahead of all lines before: the records up to `offset` come first. */
  | { readonly kind: 'ahead'; readonly offset: number }
  | { readonly kind: 'behind'; readonly offset: number }
  | { readonly kind: 'nowhere' };

const REJECTED = Buffer.from('{"kafka_rejected":');
const LOST_EXAMPLES = 5;

/**
 * Judges one partition from its lines in the order of its files, and its records in the order of their offsets. It asks
 * nobody: whoever drives it hands over each record at the line of its offset, or as passed over where the lines went
 * beyond it. Holds a bounded number of offsets, whatever there is to judge.
 */
export class PartitionAudit {
  readonly #options: AuditOptions;
  readonly #faults = new Faults();
  readonly #names = new NameChain(this.#faults);
  readonly #skipped = new SkippedOffsets();
  #low: number;
  #end: number;
  /** The offset after the highest of a line. */
  #next: number | undefined;
  /** The file that is being read, and the number of the line. */
  #path = '';
  #line = 0;
  #lines = 0;
  #rejected = 0;
  #lost = 0;
  #pending = 0;
  #gone = 0;
  #unfinished = false;
  #failure: string | undefined;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#low = options.low;
    this.#end = options.high;
  }

  /** Up to where records are accounted for. */
  get next(): number {
    return this.#next ?? this.#options.low;
  }

  /** Whether Kafka's own bounds have to be looked at again before this line can be judged. */
  doubts(offset: number, record: TopicRecord | undefined): boolean {
    const { high, compacted } = this.#options;
    if (offset >= high) return offset >= this.#end;
    return record === undefined && offset >= this.#low && !compacted;
  }

  /** Kafka's log may begin later and end later than it did. */
  bounds({ low, high }: { readonly low: number; readonly high: number }): void {
    this.#low = Math.max(this.#low, low);
    this.#end = Math.max(this.#end, high);
  }

  beginFile(file: StoredFile): void {
    this.#path = file.path;
    this.#line = 0;
    this.#names.begin(file);
  }

  /**
   * @param restBytes what comes after the last line feed
   * @param newest whether the writer goes on here
   */
  endFile(file: StoredFile, restBytes: number, newest: boolean): void {
    this.#names.end(file, newest);
    if (restBytes === 0) return;
    const isUnderWay = newest && restBytes <= LONGEST_LINE_BYTES;
    if (isUnderWay && !this.#options.settled) this.#unfinished = true;
    else this.#faults.add('torn', () => `${file.path} ends within a line, ${restBytes} bytes of it`);
  }

  place(line: Buffer): Place {
    const position = readPosition(line);
    if (position?.partition !== this.#options.partition) return { kind: 'nowhere' };
    const { offset } = position;
    return { kind: this.#next === undefined || offset >= this.#next ? 'ahead' : 'behind', offset };
  }

  /** A record that the lines went beyond. */
  passOver(record: TopicRecord): void {
    this.#lost += 1;
    this.#skipped.note(record.offset, () => digestOf(bytesOf(encodeLine(record))));
  }

  /** A record that is left when the lines have ended. */
  leftOver(record: TopicRecord): void {
    const stored = Math.max(this.#next ?? 0, this.#names.position);
    if (this.#options.settled || record.offset < stored) this.passOver(record);
    else this.#pending += 1;
  }

  /** @param record at this very offset, where Kafka has one */
  ahead(line: Buffer, offset: number, record: TopicRecord | undefined): void {
    this.#count(line, offset);
    this.#skipped.jump(this.#next ?? 0, offset - 1);
    this.#next = offset + 1;
    if (record) this.#compare(line, record);
    else this.#judgeAlone(line, offset);
  }

  behind(line: Buffer, offset: number): void {
    this.#count(line, offset);
    const skipped = this.#skipped.take(offset);
    if (skipped === 'not skipped') {
      this.#fault('doubled', () => `offset ${offset}`);
      return;
    }
    this.#fault('disordered', () => `offset ${offset} after ${this.next - 1}`);
    if (skipped === 'no record') this.#judgeAlone(line, offset);
    else this.#lost -= 1;
    if (typeof skipped === 'object' && skipped.digest !== digestOf(line)) this.#notItsRecord(line, offset);
  }

  /** A line that says no place of this partition. */
  nowhere(line: Buffer): void {
    this.#count(line, undefined);
    const partition = readPosition(line)?.partition;
    if (partition === undefined) this.#incomplete(line);
    else this.#fault('differing', () => `is of partition ${partition}`);
  }

  /** What is wrong with the partition beside its lines. */
  note(fault: Fault, says: string): void {
    this.#faults.add(fault, () => says);
  }

  /** The partition cannot be looked at to its end. */
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
    this.#line += 1;
    if (line.subarray(0, REJECTED.length).equals(REJECTED)) this.#rejected += 1;
    if (offset !== undefined) this.#names.line(offset);
  }

  #compare(line: Buffer, record: TopicRecord): void {
    if (!isSame(line, encodeLine(record))) this.#notItsRecord(line, record.offset);
  }

  /** A line without a record. */
  #judgeAlone(line: Buffer, offset: number): void {
    if (!isObject(line)) this.#incomplete(line);
    else if (offset >= this.#end)
      this.#fault('differing', () => `offset ${offset} is beyond the topic's end`);
    else if (offset >= this.#options.high) return;
    else if (offset < this.#low || this.#options.compacted) this.#gone += 1;
    else this.#fault('differing', () => `offset ${offset} has no record (of a compacted topic? --compacted)`);
  }

  #notItsRecord(line: Buffer, offset: number): void {
    if (isObject(line)) {
      this.#fault('differing', () => `is not the record of offset ${offset}: ${excerpt(line)}`);
    } else this.#incomplete(line);
  }

  #incomplete(line: Buffer): void {
    this.#fault('torn', () => `no complete line: ${excerpt(line)}`);
  }

  #fault(fault: Fault, says: () => string): void {
    this.#faults.add(fault, () => `${this.#path}:${this.#line}: ${says()}`);
  }

  /** Neighbours in one, as records are seldom lost alone. */
  #lostExamples(): Example[] {
    const runs: { from: number; to: number }[] = [];
    for (const offset of this.#skipped.missing()) {
      const run = runs.at(-1);
      if (run?.to === offset - 1) run.to = offset;
      else if (runs.length === LOST_EXAMPLES) break;
      else runs.push({ from: offset, to: offset });
    }
    return runs.map(({ from, to }) => ({
      fault: 'lost',
      says: from === to ? `offset ${from}` : `offsets ${from} to ${to}`,
    }));
  }
}

function isSame(line: Buffer, { head, tail }: Line): boolean {
  return (
    line.length === head.length + tail.length &&
    line.subarray(0, head.length).equals(head) &&
    line.toString('latin1', head.length) === tail
  );
}

const bytesOf = ({ head, tail }: Line): Buffer => Buffer.concat([head, Buffer.from(tail, 'latin1')]);

const digestOf = (line: Buffer): Digest => createHash('sha1').update(line).digest('base64');

const excerpt = (line: Buffer): string => line.toString('utf8', 0, 80).trimEnd();

function isObject(line: Buffer): boolean {
  try {
    const parsed: unknown = JSON.parse(line.toString());
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}
