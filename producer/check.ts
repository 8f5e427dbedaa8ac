import kafka from '@confluentinc/kafka-javascript';
import { type ProducerConfig, printable } from './config.ts';
import { connect, discard, partitionCount } from './kafka-client.ts';
import { producerConfig } from './librdkafka.ts';

const CONNECT_MS = 3_000;

/** What `--check` does: shows the settings and what the brokers say of the topic. Whether the producer could work. */
export async function check(config: ProducerConfig, say: (line: string) => void): Promise<boolean> {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = config;
  say(`settings: ${JSON.stringify(printable(config), null, 2)}`);
  const producer = new kafka.Producer(producerConfig(config));
  try {
    const metadata = await connect(producer, topic, CONNECT_MS);
    const partitions = partitionCount(metadata, topic);
    discard(producer);
    say(`brokers: ${metadata.brokers.map(({ host, port }) => `${host}:${port}`).join(', ')}`);
    say(partitions === 0 ? `topic ${topic}: is not there` : `topic ${topic}: ${partitions} partitions`);
    return partitions > 0;
  } catch (error) {
    say(`brokers: ${brokers} did not answer: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}
