import type { KafkaConsumer } from '@confluentinc/kafka-javascript';
import type { KafkaClient } from './connection.ts';

/** The bounds of a partition: its first offset, and the offset after its last record. */
export interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

export interface PartitionQuestion {
  readonly topic: string;
  readonly partition: number;
  readonly timeoutMs: number;
}

/**
 * Asks the partition's leader for its bounds. The question blocks one of libuv's four threads until
 * the answer comes, and it waits behind a fetch that the same client has under way.
 *
 * @throws {LibrdKafkaError} at once when the partition has no leader; otherwise after `timeoutMs`
 */
export function askWatermarks(
  client: KafkaClient,
  { topic, partition, timeoutMs }: PartitionQuestion,
): Promise<OffsetRange> {
  return new Promise((resolve, reject) => {
    client.queryWatermarkOffsets(topic, partition, timeoutMs, (error, offsets) =>
      error ? reject(error) : resolve({ low: offsets.lowOffset, high: offsets.highOffset }),
    );
  });
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
