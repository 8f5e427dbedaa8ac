import { setTimeout as delay } from 'node:timers/promises';
import kafka, { type Producer } from '@confluentinc/kafka-javascript';
import { connect, disconnect, flush } from '../../../infra/kafka/connection.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { eventOf } from '../cluster/backlog.ts';
import type { Acks } from './acked-to-durable.ts';

export interface TimedLoadOptions {
  readonly brokers: string;
  readonly topic: string;
  readonly partitions: number;
  readonly eventsPerSecond: number;
  readonly messageBytes: number;
  readonly forMs: number;
}

const ACK_WITHIN_MS = 20_000;

/**
 * Sends events as people click: each by itself, at random (Poisson) instants. The instants and the
 * partitions are the same in every run. Resolves once all events are acked, with the time of each
 * delivery report. The producer answers a browser at that moment too.
 *
 * @throws where an event is not acknowledged
 */
export async function timedLoad(options: TimedLoadOptions): Promise<Acks> {
  const producer = await connectProducer(options.brokers);
  const acks = new Map<number, Map<number, number>>();
  let failure: Error | undefined;
  producer.on('delivery-report', (error, { partition, offset }) => {
    if (error) failure = new Error(`not acknowledged: ${error.message}`);
    else acksOf(acks, partition).set(offset, Date.now());
  });
  await send(producer, options);
  await flush(producer, ACK_WITHIN_MS);
  await disconnect(producer, ACK_WITHIN_MS);
  if (failure) throw failure;
  return acks;
}

async function send(producer: Producer, options: TimedLoadOptions): Promise<void> {
  const { topic, partitions, eventsPerSecond, messageBytes, forMs } = options;
  const random = seededRandom(eventsPerSecond);
  const value = eventOf(messageBytes);
  const begunMs = performance.now();
  for (let dueMs = 0; dueMs < forMs; dueMs += (-Math.log(1 - random()) * 1_000) / eventsPerSecond) {
    const pauseMs = begunMs + dueMs - performance.now();
    if (pauseMs > 0) await delay(pauseMs);
    producer.produce(topic, Math.floor(random() * partitions), value, 'kim', Date.now());
  }
}

function acksOf(acks: Map<number, Map<number, number>>, partition: number): Map<number, number> {
  const known = acks.get(partition) ?? new Map<number, number>();
  acks.set(partition, known);
  return known;
}

async function connectProducer(brokers: string): Promise<Producer> {
  const producer = new kafka.Producer({
    'bootstrap.servers': brokers,
    'enable.idempotence': true,
    'linger.ms': 1,
    dr_cb: true,
  });
  await connect(producer, { timeoutMs: ACK_WITHIN_MS });
  producer.setPollInBackground(true);
  return producer;
}
