import type { ProducerGlobalConfig, ProducerTopicConfig } from '@confluentinc/kafka-javascript';
import type { LibrdkafkaValue } from '../contract/kafka-settings.ts';

/** The properties that the producer sets itself, each with what to do instead. */
export const OWNED_PROPERTIES: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'set KAFKA_BROKERS',
  'metadata.broker.list': 'set KAFKA_BROKERS',
  'delivery.timeout.ms': 'set DELIVERY_TIMEOUT_MS',
  'message.timeout.ms': 'set DELIVERY_TIMEOUT_MS',
  'linger.ms': 'set LINGER_MS',
  'queue.buffering.max.ms': 'set LINGER_MS',
  ...withReason('an event is answered only once all in-sync replicas have it', [
    'acks',
    'request.required.acks',
    'dr_cb',
    'dr_msg_cb',
    'event_cb',
  ]),
  ...withReason('a retry must neither double nor reorder events', [
    'enable.idempotence',
    'enable.gapless.guarantee',
    'max.in.flight',
    'max.in.flight.requests.per.connection',
    'message.send.max.retries',
    'retries',
    'transactional.id',
  ]),
  ...withReason('one user goes to one partition, as with every Kafka client', ['partitioner', 'partition']),
  'allow.auto.create.topics': 'a mistyped KAFKA_TOPIC must not become a topic',
  'queue.buffering.max.messages': 'set MAX_IN_FLIGHT_EVENTS',
  'queue.buffering.max.kbytes': 'set MAX_IN_FLIGHT_BYTES',
  topic: 'set KAFKA_TOPIC',
  'test.mock.num.brokers': 'it is no broker and would lose every event; set KAFKA_BROKERS',
};

function withReason(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

export interface ProducerSettings {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_CONFIG: Readonly<Record<string, LibrdkafkaValue>>;
  readonly DELIVERY_TIMEOUT_MS: number;
  readonly LINGER_MS: number;
  readonly MAX_IN_FLIGHT_EVENTS: number;
  readonly MAX_IN_FLIGHT_BYTES: number;
}

export function producerConfig(settings: ProducerSettings): ProducerGlobalConfig & ProducerTopicConfig {
  return {
    'client.id': 'web-events-producer',
    // The client finds a broker that came back within half a second, and reports a delivery
    // time-out in time. With the default, either would take up to 10 s.
    'reconnect.backoff.max.ms': 500,
    'socket.keepalive.enable': true,
    'socket.connection.setup.timeout.ms': 3_000,
    ...settings.KAFKA_CONFIG,
    'bootstrap.servers': settings.KAFKA_BROKERS,
    // The default of a librdkafka producer is true: a broker that allows it would make the topic.
    'allow.auto.create.topics': false,
    acks: -1,
    'enable.idempotence': true,
    partitioner: 'murmur2_random',
    'delivery.timeout.ms': settings.DELIVERY_TIMEOUT_MS,
    'linger.ms': settings.LINGER_MS,
    // Above the producer's own bounds, so librdkafka's queue is never full. librdkafka has no flow
    // control: a full queue is an error there.
    'queue.buffering.max.messages': 2 * settings.MAX_IN_FLIGHT_EVENTS,
    'queue.buffering.max.kbytes': Math.ceil((2 * settings.MAX_IN_FLIGHT_BYTES) / 1_024),
    dr_cb: true,
  };
}
