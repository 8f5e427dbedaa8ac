import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';

export interface NewTopic {
  readonly brokers: string;
  readonly topic: string;
  readonly partitions: number;
}

const ANSWER_WITHIN_MS = 15_000;

/**
 * Creates the topic, and resolves with true. Leaves an existing topic as it is: then with false.
 */
export function makeTopic({ brokers, topic, partitions }: NewTopic): Promise<boolean> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  const made = new Promise<boolean>((resolve, reject) => {
    const wanted = { topic, num_partitions: partitions, replication_factor: 1 };
    admin.createTopic(wanted, ANSWER_WITHIN_MS, (error: LibrdKafkaError | null | undefined) => {
      if (!error) resolve(true);
      else if (error.code === kafka.CODES.ERRORS.ERR_TOPIC_ALREADY_EXISTS) resolve(false);
      else reject(new Error(`could not create topic ${topic}: ${error.message}`));
    });
  });
  return made.finally(() => admin.disconnect());
}
