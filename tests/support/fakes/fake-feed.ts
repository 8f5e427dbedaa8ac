import { setImmediate } from 'node:timers/promises';
import type { DurableOffsets, Feed, PartitionReads, Reader, TopicFacts } from '../../../sink/group/feed.ts';
import type { TopicRecord } from '../../../sink/ledger/line.ts';

/** Reads the partition from the record at `offset` on, unless it is paused. */
interface Reading {
  offset: number;
  paused: boolean;
  readonly reader: Reader;
}

/** The records that all members of the group read. */
interface Topic {
  readonly records: TopicRecord[];
  readonly members: FakeFeed[];
}

/** The records of one poll. All of them come, even when the first of them pauses the partition. */
const POLL_COUNT = 100;

/**
 * One partition of a topic in memory, as the sink's consumer feeds it to one member of the group.
 * Records come in polls, in order, from the offset that the member asks for. The fake owns the
 * member's reader and notes the member's calls. It shares the records with the other members.
 */
export class FakeFeed implements Feed {
  /** The calls of `start`, `pause`, `resume` and `polled`, in order. */
  readonly asked: string[] = [];
  /** The offset that was last noted as durable; undefined before the first. */
  committed: number | undefined;
  /** The topic's first offset. Kafka has dropped every record before it. */
  low: number;
  /** The topic's id. */
  id = 'ab01';
  /** While false, `polled` waits. */
  polling = true;
  readonly #topic: Topic;
  #reading: Reading | undefined;

  readonly partitions: PartitionReads = {
    start: async (_partition, offset, reader) => {
      await setImmediate();
      this.asked.push(`start at ${offset}`);
      this.#reading = { offset, paused: false, reader };
      void this.#pump(this.#reading);
    },
    stop: () => {
      this.#reading = undefined;
    },
    pause: () => {
      this.asked.push('pause');
      if (this.#reading) this.#reading.paused = true;
    },
    resume: () => {
      this.asked.push('resume');
      if (this.#reading) this.#reading.paused = false;
      void this.#pump(this.#reading);
    },
    polled: async () => {
      this.asked.push('polled');
      do await setImmediate();
      while (!this.polling);
    },
  };

  readonly topic: TopicFacts = {
    id: async () => {
      await setImmediate();
      return this.id;
    },
    bounds: async () => {
      await setImmediate();
      return { low: this.low, high: this.high };
    },
    firstOffset: () => this.low,
  };

  readonly commits: DurableOffsets = {
    note: (_partition, next) => {
      this.committed = next;
    },
  };

  /** @param member another member of the group; left out for the first member */
  constructor(member?: FakeFeed) {
    this.#topic = member ? member.#topic : { records: [], members: [] };
    this.low = member?.low ?? 0;
    this.#topic.members.push(this);
  }

  get records(): readonly TopicRecord[] {
    return this.#topic.records;
  }

  get paused(): boolean {
    return this.#reading?.paused ?? false;
  }

  get high(): number {
    return (this.records.at(-1)?.offset ?? this.low - 1) + 1;
  }

  /** Appends records to the topic, one offset each. */
  produce(...records: readonly { readonly value: Buffer | null; readonly timestamp?: number }[]): void {
    for (const { value, timestamp } of records) {
      this.#topic.records.push({ partition: 0, offset: this.high, value, timestamp });
    }
    for (const member of this.#topic.members) void member.#pump(member.#reading);
  }

  /** Gives records a second time, as a broker that lost its memory does. */
  goBack(offset: number): void {
    if (this.#reading) this.#reading.offset = offset;
    void this.#pump(this.#reading);
  }

  /** Polls until every record is delivered, the reader is replaced, or the partition is paused. */
  async #pump(reading: Reading | undefined): Promise<void> {
    await setImmediate();
    while (reading && reading === this.#reading && !reading.paused) {
      const from = this.records.findIndex((record) => record.offset >= Math.max(reading.offset, this.low));
      if (from < 0) return reading.reader.reachedEnd(this.high);
      for (const record of this.records.slice(from, from + POLL_COUNT)) {
        reading.offset = record.offset + 1;
        reading.reader.receive(record);
      }
      await setImmediate();
    }
  }
}
