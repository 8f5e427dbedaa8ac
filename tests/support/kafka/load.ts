import { randomUUID } from 'node:crypto';
import kafka, { type Producer } from '@confluentinc/kafka-javascript';
import { connect, disconnect, flush } from '../../../infra/kafka/connection.ts';
import { until } from '../until.ts';

/**
 * A steady stream of events into a topic, as a producer would write them. All records of a key go
 * to one partition.
 */
export interface Load {
  /** How many records the broker has acknowledged. */
  readonly acked: number;
  /** How many records were sent, but not acknowledged yet. */
  readonly waiting: number;
  /** Sends a record beside the stream. */
  add(record: ExtraRecord): void;
  /** Ends the stream and waits for the last acknowledgement. May be called again. */
  stop(): Promise<void>;
}

export interface ExtraRecord {
  readonly partition: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface LoadOptions {
  readonly brokers: string;
  readonly topic: string;
  readonly eventsPerSecond: number;
}

const TICK_MS = 20;
const ACK_WITHIN_MS = 60_000;

export async function startLoad({ brokers, topic, eventsPerSecond }: LoadOptions): Promise<Load> {
  const producer = await connectProducer(brokers);
  const begunMs = performance.now();
  let streamed = 0;
  let added = 0;
  let acked = 0;
  let failure: Error | undefined;
  let stopped: Promise<void> | undefined;
  producer.on('delivery-report', (error) => {
    if (error) failure = new Error(`not acknowledged: ${error.message}`);
    else acked += 1;
  });
  const timer = setInterval(() => {
    const due = ((performance.now() - begunMs) / 1_000) * eventsPerSecond;
    for (; streamed < due; streamed++) send(producer, topic, streamed);
  }, TICK_MS);
  return {
    get acked() {
      return acked;
    },
    get waiting() {
      return streamed + added - acked;
    },
    add: ({ partition, key, value }) => {
      added += 1;
      producer.produce(topic, partition, value, key, Date.now());
    },
    stop: () => {
      stopped ??= end();
      return stopped;
    },
  };

  async function end(): Promise<void> {
    clearInterval(timer);
    await flush(producer, ACK_WITHIN_MS);
    const sent = streamed + added;
    // A flush ends when librdkafka has the last report. That is before the callback has it.
    const heard = () => failure !== undefined || acked === sent;
    await until(heard, { what: `all of ${sent} records are acknowledged`, withinMs: ACK_WITHIN_MS }).finally(
      () => disconnect(producer, ACK_WITHIN_MS),
    );
    if (failure) throw failure;
  }
}

function send(producer: Producer, topic: string, index: number): void {
  const user = `user-${index % 97}`;
  const now = new Date();
  const event = { id: randomUUID(), timestamp: now.toISOString(), userAgent: null, service: 'blue', user };
  producer.produce(topic, null, Buffer.from(JSON.stringify(event)), user, now.getTime());
}

async function connectProducer(brokers: string): Promise<Producer> {
  const producer = new kafka.Producer({
    'bootstrap.servers': brokers,
    'enable.idempotence': true,
    'reconnect.backoff.max.ms': 500,
    // More than a broker takes, so that the client lets the largest record pass.
    'message.max.bytes': 2_000_000,
    dr_cb: true,
  });
  await connect(producer, { timeoutMs: ACK_WITHIN_MS });
  producer.setPollInBackground(true);
  return producer;
}
