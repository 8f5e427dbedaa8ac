import kafka, { type IAdminClient } from '@confluentinc/kafka-javascript';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';

const ANSWER_WITHIN_MS = 3_000;

export interface TopicIdOptions {
  readonly brokers: string;
  readonly topic: string;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
}

/**
 * Asks the brokers for a topic's id, which tells the topic from another topic of the same name
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-516%3A+Topic+Identifiers). The class has a
 * connection of its own: an admin client made from a consumer that polls never gets its answers.
 */
export class TopicId {
  readonly #topic: string;
  readonly #admin: IAdminClient;

  constructor({ brokers, topic, config }: TopicIdOptions) {
    this.#topic = topic;
    this.#admin = kafka.AdminClient.create({
      ...config,
      'metadata.broker.list': brokers,
      'allow.auto.create.topics': false,
    });
  }

  /**
   * @returns hexadecimal digits; undefined when the brokers give no ids (before Kafka 2.8)
   * @throws {LibrdKafkaError} when the brokers do not answer, or do not know the topic
   */
  ask(): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      this.#admin.describeTopics([this.#topic], { timeout: ANSWER_WITHIN_MS }, (error, descriptions) => {
        const found = descriptions?.[0];
        if (error || !found || found.error) return reject(error ?? found?.error ?? new Error('no answer'));
        const { mostSignificantBits, leastSignificantBits } = found.topicId;
        const id = hexOf(mostSignificantBits) + hexOf(leastSignificantBits);
        resolve(/^0*$/.test(id) ? undefined : id);
      });
    });
  }

  close(): void {
    this.#admin.disconnect();
  }
}

const hexOf = (bits: bigint): string => BigInt.asUintN(64, bits).toString(16).padStart(16, '0');
