import { setImmediate } from 'node:timers/promises';
import type { Feed } from '../../../sink/group/feed.ts';
import type { TopicRecord } from '../../../sink/ledger/line.ts';

/** What a partition is read with: from the record at `offset` on, unless paused. */
interface Reader {
  offset: number;
  paused: boolean;
  readonly receive: (record: TopicRecord) => void;
}

/** What all members of the group read. */
interface Topic {
  readonly records: TopicRecord[];
  readonly members: FakeFeed[];
}

/** As many records as one poll brings: they all come, also where the first of them pauses the partition. */
const POLL_COUNT = 100;

/**
 * One partition of a topic in memory, as the sink's consumer would feed it to one member of the group: records come
 * in polls, in order, from the offset asked for. It owns that member's reader and writes down what it was asked; the
 * records it shares with the other members.
 */
export class FakeFeed implements Feed {
  /** What `start`, `pause` and `resume` were called for, in order. */
  readonly asked: string[] = [];
  /** What was last reported durable; undefined while nothing was. */
  committed: number | undefined;
  /** The topic's first offset; Kafka has dropped what is before it. */
  low: number;
  /** The topic's. */
  id = 'ab01';
  /** Where false, `polled` waits for it to be true again. */
  polling = true;
  readonly #topic: Topic;
  #reader: Reader | undefined;

  /** @param member the first one where it is left out */
  constructor(member?: FakeFeed) {
    this.#topic = member ? member.#topic : { records: [], members: [] };
    this.low = member?.low ?? 0;
    this.#topic.members.push(this);
  }

  get records(): readonly TopicRecord[] {
    return this.#topic.records;
  }

  get paused(): boolean {
    return this.#reader?.paused ?? false;
  }

  get high(): number {
    return (this.records.at(-1)?.offset ?? this.low - 1) + 1;
  }

  /** Puts records into the topic, one offset each. */
  produce(...records: readonly { readonly value: Buffer | null; readonly timestamp?: number }[]): void {
    for (const { value, timestamp } of records) {
      this.#topic.records.push({ partition: 0, offset: this.high, value, timestamp });
    }
    for (const member of this.#topic.members) void member.#pump(member.#reader);
  }

  /** Gives records again that were given before, as a broker that lost its memory would. */
  goBack(offset: number): void {
    if (this.#reader) this.#reader.offset = offset;
    void this.#pump(this.#reader);
  }

  async start(_partition: number, offset: number, receive: (record: TopicRecord) => void): Promise<void> {
    await setImmediate();
    this.asked.push(`start at ${offset}`);
    this.#reader = { offset, paused: false, receive };
    void this.#pump(this.#reader);
  }

  async stop(_partition: number): Promise<void> {
    this.#reader = undefined;
    await setImmediate();
  }

  pause(_partition: number): void {
    this.asked.push('pause');
    if (this.#reader) this.#reader.paused = true;
  }

  resume(_partition: number): void {
    this.asked.push('resume');
    if (this.#reader) this.#reader.paused = false;
    void this.#pump(this.#reader);
  }

  async polled(): Promise<void> {
    this.asked.push('polled');
    do await setImmediate();
    while (!this.polling);
  }

  async topicId(): Promise<string> {
    await setImmediate();
    return this.id;
  }

  async watermarks(_partition: number): Promise<{ low: number; high: number }> {
    await setImmediate();
    return { low: this.low, high: this.high };
  }

  durable(_partition: number, next: number): void {
    this.committed = next;
  }

  /** Polls until everything is delivered, the reader is another or it is paused. */
  async #pump(reader: Reader | undefined): Promise<void> {
    await setImmediate();
    while (reader && reader === this.#reader && !reader.paused) {
      const from = this.records.findIndex((record) => record.offset >= Math.max(reader.offset, this.low));
      if (from < 0) return;
      for (const record of this.records.slice(from, from + POLL_COUNT)) {
        reader.offset = record.offset + 1;
        reader.receive(record);
      }
      await setImmediate();
    }
  }
}
