import type { KafkaConsumer } from '@confluentinc/kafka-javascript';

/**
 * The bounds of a partition: its first offset, and the end of what can be read. An open transaction
 * hides every record from its own first one on.
 */
export interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

/** The same, with the offset after the last record. Beyond `high`, an open transaction hides it. */
export interface OffsetBounds extends OffsetRange {
  readonly end: number;
}

export interface PartitionQuestion {
  readonly topic: string;
  readonly partition: number;
  readonly timeoutMs: number;
}

/**
 * Asks the group's coordinator for the offset that the group has committed. Only the fact that the
 * coordinator answered is of use here, so the offset is dropped. The question blocks one of libuv's
 * four threads.
 *
 * @throws {LibrdKafkaError} when the coordinator refuses, or has not answered within `timeoutMs`
 */
export function askCommitted(
  consumer: KafkaConsumer,
  { topic, partition, timeoutMs }: PartitionQuestion,
): Promise<void> {
  return new Promise((resolve, reject) => {
    consumer.committed([{ topic, partition }], timeoutMs, (error) => (error ? reject(error) : resolve()));
  });
}
