import { makeTopic } from '../local/kafka/topic.ts';

/** `make-topic <partitions>` creates KAFKA_TOPIC where it does not exist, as `npm start` does. */
const { KAFKA_BROKERS: brokers = '127.0.0.1:9092', KAFKA_TOPIC: topic = 'web-events' } = process.env;
const partitions = Number(process.argv[2]);

try {
  const made = await makeTopic({ brokers, topic, partitions });
  console.log(made ? `created topic ${topic} with ${partitions} partitions` : `topic ${topic} exists`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
