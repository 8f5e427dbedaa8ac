import type { TopicRecord } from '../ledger/line.ts';

/** What a partition's writer asks of Kafka. */
export interface Feed {
  /**
   * Reads the partition from `offset` on; `receive` gets every record from then until `stop`, and none that was
   * fetched before. Rejects where the partition is not ours any more.
   */
  start(partition: number, offset: number, receive: (record: TopicRecord) => void): Promise<void>;
  /** Never rejects. */
  stop(partition: number): Promise<void>;
  pause(partition: number): void;
  resume(partition: number): void;
  /**
   * Resolves once a poll that began after this call has ended: what it would have told of a loss is known. Resolves
   * too where there will be no poll any more; never rejects.
   */
  polled(): Promise<void>;
  /** What tells the topic from another one of the same name; undefined where the brokers have nothing that does. */
  topicId(): Promise<string | undefined>;
  /** The topic's first offset and the one after its last, as the broker has them now. */
  watermarks(partition: number): Promise<{ low: number; high: number }>;
  /** Everything before `next` is durable: for monitors that look at the group's committed offsets. */
  durable(partition: number, next: number): void;
}
