import { makeTopic } from '../local/kafka/topic.ts';

/** `make-topic <partitions>`: makes KAFKA_TOPIC where it is not there yet, as `npm start` does, and ends. */
const { KAFKA_BROKERS: brokers = '127.0.0.1:9092', KAFKA_TOPIC: topic = 'web-events' } = process.env;
const partitions = Number(process.argv[2]);

try {
  const made = await makeTopic({ brokers, topic, partitions });
  console.log(made ? `topic ${topic} made, ${partitions} partitions` : `topic ${topic} is there`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
