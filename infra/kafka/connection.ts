import type { KafkaConsumer, Metadata, Producer } from '@confluentinc/kafka-javascript';

/** A client object of librdkafka. A producer and a consumer connect and disconnect alike. */
export type KafkaClient = KafkaConsumer | Producer;

export interface ConnectOptions {
  /** The topic whose metadata is wanted; the metadata of every topic where it is left out. */
  readonly topic?: string;
  readonly timeoutMs: number;
}

/** The caller has given up whatever the producer still holds. */
const DISCARD_FLUSH_MS = 1;

/**
 * Connects a client, once. A failed `connect` leaves the client unusable, so each further attempt
 * needs a new client object.
 *
 * @returns what the brokers say of the topic
 * @throws {LibrdKafkaError} when no broker answered within `timeoutMs`
 */
export function connect(
  client: KafkaClient,
  { topic, timeoutMs: timeout }: ConnectOptions,
): Promise<Metadata> {
  const wanted = topic === undefined ? { timeout } : { topic, allTopics: false, timeout };
  return new Promise((resolve, reject) => {
    client.connect(wanted, (error, metadata) => (error ? reject(error) : resolve(metadata)));
  });
}

/** Disconnects a client, or gives up waiting after `timeoutMs`. Never rejects. */
export function disconnect(client: KafkaClient, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    client.disconnect(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Disconnects a connected producer in the background, because `disconnect` may take seconds. */
export function discard(producer: Producer): void {
  producer.disconnect(DISCARD_FLUSH_MS);
}

/** Waits until the producer's queue is empty, or for `timeoutMs`. Never rejects. */
export function flush(producer: Producer, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => producer.flush(timeoutMs, () => resolve()));
}
