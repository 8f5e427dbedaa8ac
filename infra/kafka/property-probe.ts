import kafka from '@confluentinc/kafka-javascript';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';

/** librdkafka's objection to a producer's property, or undefined. Connects nothing. */
export function probeProducerProperty(name: string, value: LibrdkafkaValue): string | undefined {
  return objectionTo(() => new kafka.Producer({ [name]: value }));
}

/** librdkafka's objection to a consumer's property, or undefined. Connects nothing. */
export function probeConsumerProperty(name: string, value: LibrdkafkaValue): string | undefined {
  return objectionTo(() => new kafka.KafkaConsumer({ 'group.id': 'probe', [name]: value }));
}

/** librdkafka checks each property when the client object is made. */
function objectionTo(makeClient: () => unknown): string | undefined {
  try {
    makeClient();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
