import { setTimeout as delay } from 'node:timers/promises';
import kafka, {
  type DeliveryReport,
  type LibrdKafkaError,
  type Producer,
} from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';
import { discard, flush } from '../../infra/kafka/connection.ts';
import { CollectorError, type ErrorCode } from '../events/errors.ts';
import type { Appended, AppendOptions, EventLog, EventRecord, Queue } from '../events/event-log.ts';
import { BrokerLink } from './broker-link.ts';
import { InFlight } from './in-flight.ts';
import { deliveryFailure, produceFailure } from './kafka-failure.ts';
import { type ProducerSettings, producerConfig } from './librdkafka.ts';

export interface KafkaEventLogOptions {
  readonly settings: ProducerSettings & {
    readonly KAFKA_TOPIC: string;
    readonly DELIVERY_TIMEOUT_MS: number;
    readonly PRODUCE_DEADLINE_MS: number;
  };
  readonly log: Logger;
  readonly newProducer?: () => Producer;
}

/** The length of one flush, which nothing can interrupt. */
const FLUSH_MS = 100;
/**
 * librdkafka reports each record within its delivery time-out and about a second. After this
 * allowance it will never report the record.
 */
const REPORT_ALLOWANCE_MS = 60_000;

/**
 * The event log in a Kafka topic: the records in flight, and a link to the brokers. The log hands a
 * record over only while the link is connected. Otherwise it refuses the record at once, and the
 * client learns that nothing was stored. Every append settles: by its delivery report, by its own
 * deadline, when the librdkafka producer is lost, or in `close`.
 */
export class KafkaEventLog implements EventLog {
  readonly #topic: string;
  readonly #link: BrokerLink;
  readonly #inFlight: InFlight;
  readonly #reportTimeoutMs: number;

  constructor({ settings, log, newProducer }: KafkaEventLogOptions) {
    this.#topic = settings.KAFKA_TOPIC;
    this.#reportTimeoutMs = settings.DELIVERY_TIMEOUT_MS + REPORT_ALLOWANCE_MS;
    this.#link = new BrokerLink({
      topic: settings.KAFKA_TOPIC,
      log,
      newProducer: newProducer ?? (() => new kafka.Producer(producerConfig(settings))),
      onReport: (error, report) => this.#report(error, report),
      onLost: () => this.#inFlight.abandon('The producer was lost before the broker answered'),
    });
    this.#inFlight = new InFlight({
      maxRecords: settings.MAX_IN_FLIGHT_EVENTS,
      maxBytes: settings.MAX_IN_FLIGHT_BYTES,
      deadlineMs: settings.PRODUCE_DEADLINE_MS,
      onOverdue: () => this.#link.suspect(),
    });
  }

  get ready(): boolean {
    return this.#link.state.is === 'connected';
  }

  get standstill(): string | undefined {
    if (this.#inFlight.oldestMs > this.#reportTimeoutMs) return 'librdkafka reports nothing any more';
    return this.#link.standstill;
  }

  get queue(): Queue {
    return this.#inFlight.queue;
  }

  /** The number of records whose deadline has not passed and whose report has not come. */
  get awaited(): number {
    return this.#inFlight.awaited;
  }

  /** Begins to connect, and tries again until it is connected or closed. */
  start(): void {
    this.#link.start();
  }

  /**
   * Resolves when an append has a chance or never will have one, at the latest after `withinMs`.
   */
  whenReady(withinMs: number): Promise<void> {
    return this.#link.whenConnected(withinMs);
  }

  append(record: EventRecord, options?: AppendOptions): Promise<Appended> {
    const state = this.#link.state;
    switch (state.is) {
      case 'connecting':
      case 'unreachable':
        return refuse('broker_unavailable', 'The event was not stored: the topic is out of reach');
      case 'closed':
        return refuse('draining', 'The event was not stored; send it again');
      case 'connected':
        return this.#handOver(state.producer, record, options);
    }
  }

  /**
   * Waits for the records in flight, for at most `withinMs`, and disconnects.
   *
   * @returns how many outcomes stay unknown
   */
  async close(withinMs: number): Promise<number> {
    const producer = this.#link.close();
    if (producer === undefined) return 0;
    const until = performance.now() + withinMs;
    while (this.#inFlight.awaited > 0 && performance.now() < until) {
      await flush(producer, FLUSH_MS);
      // The reports come through the event loop, after the flush that waited for them.
      await delay(1);
    }
    const unknown = this.#inFlight.abandon('The producer shut down before the broker answered');
    discard(producer);
    return unknown;
  }

  #handOver(producer: Producer, record: EventRecord, options?: AppendOptions): Promise<Appended> {
    const { value, timestampMs, traceparent } = record;
    // The native code cuts a string at its first NUL, so the key is given as bytes.
    const key = record.key === null ? null : Buffer.from(record.key);
    const headers = traceparent === undefined ? undefined : [{ traceparent }];
    const bytes = (key?.length ?? 0) + value.length + (traceparent?.length ?? 0);
    if (!this.#inFlight.hasRoom(bytes)) {
      return refuse('overloaded', 'The event was not stored: too many are on their way');
    }
    const { id, appended } = this.#inFlight.add(bytes, options);
    try {
      producer.produce(this.#topic, null, value, key, timestampMs, id, headers);
    } catch (error) {
      this.#inFlight.settle(id, produceFailure(error));
    }
    return appended;
  }

  #report(error: LibrdKafkaError | null, { opaque, partition, offset }: DeliveryReport): void {
    if (error) this.#link.suspect();
    this.#inFlight.settle(
      Number(opaque),
      error ? deliveryFailure(error) : { topic: this.#topic, partition, offset },
    );
  }
}

function refuse(code: ErrorCode, detail: string): Promise<never> {
  return Promise.reject(new CollectorError(code, detail));
}
