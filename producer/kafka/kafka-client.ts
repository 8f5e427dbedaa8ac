import type { LibrdKafkaError, Metadata, Producer } from '@confluentinc/kafka-javascript';

/** What it still holds has been given up already. */
const DISCARD_FLUSH_MS = 1;

/** Connects once. A producer whose attempt failed is of no more use. @throws {LibrdKafkaError} after `timeoutMs` */
export function connect(producer: Producer, topic: string, timeoutMs: number): Promise<Metadata> {
  return new Promise((resolve, reject) => {
    producer.connect(metadataOf(topic, timeoutMs), settleWith(resolve, reject));
  });
}

/** Asks any broker for the topic. @throws {LibrdKafkaError} after `timeoutMs` */
export function askMetadata(producer: Producer, topic: string, timeoutMs: number): Promise<Metadata> {
  return new Promise((resolve, reject) => {
    producer.getMetadata(metadataOf(topic, timeoutMs), settleWith(resolve, reject));
  });
}

/** Waits until librdkafka's queue is empty, or for so long. */
export function flush(producer: Producer, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => producer.flush(timeoutMs, () => resolve()));
}

/** How many partitions the topic has; none where the brokers do not know it. */
export function partitionCount(metadata: Metadata, topic: string): number {
  return metadata.topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
}

/**
 * A record for a topic that is not there waits in librdkafka until it times out, its outcome unknown: better to know
 * beforehand.
 *
 * @throws {Error} where the brokers do not know the topic
 */
export function requirePartitions(metadata: Metadata, topic: string): number {
  const partitions = partitionCount(metadata, topic);
  if (partitions === 0) throw new Error(`the brokers have no topic "${topic}"`);
  return partitions;
}

function metadataOf(topic: string, timeout: number) {
  return { topic, allTopics: false, timeout };
}

function settleWith(resolve: (metadata: Metadata) => void, reject: (error: LibrdKafkaError) => void) {
  return (error: LibrdKafkaError | null, metadata: Metadata) => (error ? reject(error) : resolve(metadata));
}

/** Lets go of a connected producer in the background, for it may take seconds. */
export function discard(producer: Producer): void {
  producer.disconnect(DISCARD_FLUSH_MS);
}
