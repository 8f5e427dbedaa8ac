import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import type { TopicRecord } from '../ledger/line.ts';

/** The seam between a partition's writer and Kafka. */
export interface Feed {
  readonly partitions: PartitionReads;
  readonly topic: TopicFacts;
  readonly commits: DurableOffsets;
}

/** Reads the partitions that the group has assigned to this member. */
export interface PartitionReads {
  /**
   * Reads the partition from `offset` on. `receive` gets every record from then until `stop`, and
   * no record that was fetched before.
   *
   * @throws when the partition is not assigned to this member any more
   */
  start(partition: number, offset: number, receive: (record: TopicRecord) => void): Promise<void>;
  stop(partition: number): void;
  pause(partition: number): void;
  resume(partition: number): void;
  /**
   * Resolves when a poll that began after this call has ended. The group would have told of a lost
   * partition by then. Resolves too when no further poll will come. Never rejects.
   */
  polled(): Promise<void>;
}

/** Asks the brokers about the topic. */
export interface TopicFacts {
  /**
   * Tells the topic from another topic of the same name; undefined when the brokers have no ids.
   */
  id(): Promise<string | undefined>;
  /** The bounds that the partition has now. */
  watermarks(partition: number): Promise<OffsetRange>;
}

/** Tells monitors of the group's committed offsets how far the partition is stored. */
export interface DurableOffsets {
  /** @param next the offset after the last durable line */
  note(partition: number, next: number): void;
}
