import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import type { TopicRecord } from '../ledger/line.ts';

/** The seam between a partition's writer and Kafka. */
export interface Feed {
  readonly partitions: PartitionReads;
  readonly topic: TopicFacts;
  readonly commits: DurableOffsets;
}

/** Gets what is read of one partition, in order. */
export interface Reader {
  receive(record: TopicRecord): void;
  /** All that can be read before this offset has been received. Offsets between hold no record. */
  reachedEnd(offset: number): void;
}

/** Reads the partitions that the group has assigned to this member. */
export interface PartitionReads {
  /**
   * Reads the partition from `offset` on. The reader gets every record from then until `stop`, and
   * no record that was fetched before.
   *
   * @throws when the partition is not assigned to this member any more
   */
  start(partition: number, offset: number, reader: Reader): Promise<void>;
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
  bounds(partition: number): Promise<OffsetRange>;
  /**
   * The first offset that Kafka had when it sent the last records of the partition, or a later one.
   * Asks nobody.
   */
  firstOffset(partition: number): number;
}

/** Tells monitors of the group's committed offsets how far the partition is stored. */
export interface DurableOffsets {
  /** @param next the offset up to which everything that can be read is durable */
  note(partition: number, next: number): void;
}
