import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import type { TopicRecord } from '../ledger/line.ts';
import type { PartitionAudit } from './partition-audit.ts';
import type { RecordQueue } from './reading/record-queue.ts';

/** So often lines without a record make us ask Kafka for its bounds again; more of them are no coincidence. */
const ASKED_AT_MOST = 100;

export interface MergeOptions {
  readonly audit: PartitionAudit;
  readonly records: RecordQueue;
  readonly range: OffsetRange;
  /** Kafka's bounds as they are now. */
  readonly askBounds: () => Promise<OffsetRange>;
}

/**
 * Brings lines and records of a partition together, each in its own order. A line that has no record is judged by bounds
 * asked for after both had been read: one answer is good for all lines of a chunk, until more records come.
 */
export class Merge {
  readonly #options: MergeOptions;
  #asksLeft = ASKED_AT_MOST;
  /** Whether the bounds are younger than what was read of lines and records. */
  #asked = false;
  #ended = false;

  constructor(options: MergeOptions) {
    this.#options = options;
  }

  /** Offsets that are accounted for. */
  get done(): number {
    const { audit, range } = this.#options;
    return Math.min(Math.max(0, audit.next - range.low), range.high - range.low);
  }

  async lines(lines: readonly Buffer[]): Promise<void> {
    const { audit, records } = this.#options;
    this.#asked = false;
    for (const line of lines) {
      const place = audit.place(line);
      switch (place.kind) {
        case 'nowhere':
          audit.nowhere(line);
          break;
        case 'behind':
          audit.behind(line, place.offset);
          break;
        case 'ahead': {
          // Nearly always it is here already, and nothing is to be waited for.
          if (records.head?.offset !== place.offset) await this.#advance(place.offset);
          const record = records.head?.offset === place.offset ? records.head : undefined;
          if (record) records.take();
          if (audit.doubts(place.offset, record)) await this.#askBounds();
          audit.ahead(line, place.offset, record);
        }
      }
    }
  }

  async end(): Promise<void> {
    const { audit, records } = this.#options;
    for (let record = await this.#peek(); record; record = records.head ?? (await this.#peek())) {
      audit.leftOver(record);
      records.take();
    }
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
    this.#asked = false;
    const record = await records.peek();
    this.#ended = record === undefined;
    return record;
  }

  async #askBounds(): Promise<void> {
    if (this.#asked || this.#asksLeft === 0) return;
    this.#asked = true;
    this.#asksLeft -= 1;
    this.#options.audit.bounds(await this.#options.askBounds());
  }
}
