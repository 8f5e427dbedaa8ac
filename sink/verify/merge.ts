import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import type { TopicRecord } from '../ledger/line.ts';
import type { PartitionAudit } from './partition-audit.ts';
import type { RecordQueue } from './reading/record-queue.ts';

/**
 * Lines without a record make the merge ask Kafka for its bounds at most so often. More such lines
 * cannot come from records that Kafka has just dropped.
 */
const ASKED_AT_MOST = 100;

export interface MergeOptions {
  readonly audit: PartitionAudit;
  readonly records: RecordQueue;
  readonly range: OffsetRange;
  /** Asks for Kafka's present bounds. */
  readonly askBounds: () => Promise<OffsetRange>;
}

/**
 * Merges the lines and the records of a partition, each in its own order. A line without a record
 * is judged by bounds that Kafka told after the line and the records were read. One answer is good
 * for all lines of a chunk, until more records come.
 */
export class Merge {
  readonly #options: MergeOptions;
  #asksLeft = ASKED_AT_MOST;
  /** Whether the bounds are newer than the lines and the records that were read. */
  #isFresh = false;
  #ended = false;

  constructor(options: MergeOptions) {
    this.#options = options;
  }

  /** The number of offsets that are accounted for. */
  get done(): number {
    const { audit, range } = this.#options;
    return Math.min(Math.max(0, audit.next - range.low), range.high - range.low);
  }

  async addLines(lines: readonly Buffer[]): Promise<void> {
    const { audit } = this.#options;
    this.#isFresh = false;
    for (const line of lines) {
      const place = audit.placeOf(line);
      switch (place.kind) {
        case 'misplaced':
          audit.addMisplaced(line);
          break;
        case 'behind':
          audit.addBehind(line, place.offset);
          break;
        case 'ahead':
          // Nearly always the record has arrived already. Then the line needs no wait.
          if (!this.#addPaired(line, place.offset)) await this.#addAhead(line, place.offset);
      }
    }
  }

  async end(): Promise<void> {
    const { audit, records } = this.#options;
    for (let record = await this.#peek(); record; record = records.head ?? (await this.#peek())) {
      audit.leaveOver(record);
      records.take();
    }
  }

  /** Adds the line with its record, where that needs no wait. */
  #addPaired(line: Buffer, offset: number): boolean {
    const { audit, records } = this.#options;
    const record = records.head;
    if (record?.offset !== offset || audit.needsBounds(offset, record)) return false;
    records.take();
    audit.addAhead(line, offset, record);
    return true;
  }

  async #addAhead(line: Buffer, offset: number): Promise<void> {
    const { audit, records } = this.#options;
    await this.#advance(offset);
    const record = records.head?.offset === offset ? records.head : undefined;
    if (record) records.take();
    if (audit.needsBounds(offset, record)) await this.#askBounds();
    audit.addAhead(line, offset, record);
  }

  async #advance(offset: number): Promise<void> {
    const { audit, records } = this.#options;
    for (;;) {
      const record = records.head ?? (await this.#peek());
      if (!record || record.offset >= offset) return;
      audit.passOver(record);
      records.take();
    }
  }

  async #peek(): Promise<TopicRecord | undefined> {
    const { records } = this.#options;
    if (records.head || this.#ended) return records.head;
    this.#isFresh = false;
    const record = await records.peek();
    this.#ended = record === undefined;
    return record;
  }

  async #askBounds(): Promise<void> {
    if (this.#isFresh || this.#asksLeft === 0) return;
    this.#isFresh = true;
    this.#asksLeft -= 1;
    this.#options.audit.updateBounds(await this.#options.askBounds());
  }
}
