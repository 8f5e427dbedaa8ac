import type { Metadata, PartitionMetadata } from '@confluentinc/kafka-javascript';
import type { KafkaClient } from './connection.ts';

export interface MetadataQuestion {
  readonly topic: string;
  readonly timeoutMs: number;
}

/**
 * Asks any broker for the topic's metadata.
 *
 * @throws {LibrdKafkaError} when no broker answered within `timeoutMs`
 */
export function askMetadata(
  client: KafkaClient,
  { topic, timeoutMs: timeout }: MetadataQuestion,
): Promise<Metadata> {
  return new Promise((resolve, reject) => {
    client.getMetadata({ topic, allTopics: false, timeout }, (error, metadata) =>
      error ? reject(error) : resolve(metadata),
    );
  });
}

/** The topic's partitions by ascending id; none when the brokers do not know the topic. */
export function partitionsOf(metadata: Metadata, topic: string): readonly PartitionMetadata[] {
  const found = metadata.topics.find(({ name }) => name === topic)?.partitions ?? [];
  return [...found].sort((a, b) => a.id - b.id);
}

/**
 * As `partitionsOf`. A record for a topic that is not there waits in librdkafka until it times out,
 * and its outcome stays unknown. A client therefore looks for the topic before it sends.
 *
 * @throws {Error} when the brokers do not know the topic
 */
export function requirePartitions(metadata: Metadata, topic: string): readonly PartitionMetadata[] {
  const partitions = partitionsOf(metadata, topic);
  if (partitions.length === 0) throw new Error(`the brokers have no topic "${topic}"`);
  return partitions;
}

/** The brokers of the cluster, each as `host:port`. */
export function brokerAddresses(metadata: Metadata): readonly string[] {
  return metadata.brokers.map(({ host, port }) => `${host}:${port}`);
}
