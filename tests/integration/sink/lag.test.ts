import kafka, { type Producer } from '@confluentinc/kafka-javascript';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { connect, disconnect } from '../../../infra/kafka/connection.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { addPartitions, createTopic } from '../../support/kafka/topic.ts';
import { readMetric, type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const TIMEOUT_MS = 10_000;

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function start(topic: string, env: Record<string, string> = {}): Promise<SinkProcess> {
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP: topic,
    HDFS_URL: sinkUrl(),
    ...env,
  });
  running.push(sink);
  await sink.ready();
  return sink;
}

/** A producer that writes in transactions alone. */
class TransactionalProducer {
  readonly #producer: Producer;
  readonly #topic: string;

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  static async connect(topic: string): Promise<TransactionalProducer> {
    const producer = new kafka.Producer({ 'bootstrap.servers': brokers, 'transactional.id': topic });
    await connect(producer, { timeoutMs: TIMEOUT_MS });
    const transactional = new TransactionalProducer(producer, topic);
    running.push(transactional);
    await call((done) => producer.initTransactions(TIMEOUT_MS, done));
    return transactional;
  }

  /** Begins a transaction, and writes so many records that the broker has. */
  async write(records: number): Promise<void> {
    await call((done) => this.#producer.beginTransaction(done));
    for (let index = 0; index < records; index++) {
      this.#producer.produce(this.#topic, 0, Buffer.from(`{"index":${index}}`));
    }
    await call((done) => this.#producer.flush(TIMEOUT_MS, done));
  }

  commit(): Promise<void> {
    return call((done) => this.#producer.commitTransaction(TIMEOUT_MS, done));
  }

  abort(): Promise<void> {
    return call((done) => this.#producer.abortTransaction(TIMEOUT_MS, done));
  }

  stop(): Promise<void> {
    return disconnect(this.#producer, TIMEOUT_MS);
  }
}

function call(begin: (done: (error?: object | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => begin((error) => (error ? reject(error) : resolve())));
}

/** Resolves when the metric, summed over the partitions, has the value. */
async function untilMetric(sink: SinkProcess, metric: string, value: number): Promise<void> {
  const what = `${metric} is ${value}`;
  await until(async () => (await readMetric(sink.url, metric)) === value, { what, withinMs: 20_000 });
}

describe('on a topic with transactions', () => {
  it('the lag is 0 when all that can be read is durable, and no marker is skipped or lost', async () => {
    const topic = await createTopic(brokers);
    const sink = await start(topic);
    const producer = await TransactionalProducer.connect(topic);
    await producer.write(3);
    await producer.commit();
    await untilMetric(sink, 'sink_lines_total', 3);
    await producer.write(2);
    await producer.abort();
    // Three lines, a marker, two aborted records and a marker: offset 7 is the end.
    await until(async () => (await committed(topic)) === 7, { what: 'all is stored', withinMs: 20_000 });
    await untilMetric(sink, 'sink_lag_records', 0);
    expect(await readMetric(sink.url, 'sink_durable_offset')).toBe(3);
    expect(await readMetric(sink.url, 'sink_skipped_offsets_total')).toBe(0);
    await producer.write(1);
    await producer.commit();
    await untilMetric(sink, 'sink_lines_total', 4);
    await untilMetric(sink, 'sink_lag_records', 0);
    expect(await readMetric(sink.url, 'sink_skipped_offsets_total')).toBe(0);
    expect(sink.logs()).not.toContain('Kafka dropped records');
  });

  it('an open transaction is no lag, and a metric counts what it hides', async () => {
    const topic = await createTopic(brokers);
    const sink = await start(topic);
    const producer = await TransactionalProducer.connect(topic);
    await producer.write(5);
    await untilMetric(sink, 'sink_hidden_offsets', 5);
    expect(await readMetric(sink.url, 'sink_lag_records')).toBe(0);
    await producer.commit();
    await untilMetric(sink, 'sink_lines_total', 5);
    await untilMetric(sink, 'sink_hidden_offsets', 0);
  });
});

/** The offset that the group has committed for partition 0. */
async function committed(topic: string): Promise<number | undefined> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  try {
    return await new Promise((resolve, reject) => {
      const wanted = [{ groupId: topic, partitions: [{ topic, partition: 0 }] }];
      admin.listConsumerGroupOffsets(wanted, { timeout: TIMEOUT_MS }, (error, groups) =>
        error ? reject(error) : resolve(groups[0]?.partitions[0]?.offset),
      );
    });
  } finally {
    admin.disconnect();
  }
}

describe('a partition that is added to the topic', () => {
  it('is read within 15 s', async () => {
    const topic = await createTopic(brokers);
    const sink = await start(topic);
    await addPartitions(brokers, topic, 3);
    await writeTo(topic, 2);
    const read = async () => (await sink.perPartition('sink_lines_total')).get(2) === 1;
    await until(read, { what: 'the new partition is read', withinMs: 15_000 });
  });

  it('counts in lag and readiness until the group has given it to a member', async () => {
    const topic = await createTopic(brokers);
    const sink = await start(topic, {
      KAFKA_CONFIG: '{"topic.metadata.refresh.interval.ms":300000}',
    });
    await addPartitions(brokers, topic, 3);
    await writeTo(topic, 2);
    const lags = async () => (await sink.perPartition('sink_lag_records')).get(2) === 1;
    await until(lags, { what: 'the new partition lags', withinMs: 15_000 });
    const response = await fetch(`${sink.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('partition 2 is unread');
    expect((await fetch(`${sink.url}/livez`)).status).toBe(200);
    expect(sink.logs()).toContain('partitions that nobody reads yet');
  });
});

async function writeTo(topic: string, partition: number): Promise<void> {
  const producer = new kafka.Producer({ 'bootstrap.servers': brokers });
  await connect(producer, { timeoutMs: TIMEOUT_MS });
  producer.produce(topic, partition, Buffer.from('{}'));
  await call((done) => producer.flush(TIMEOUT_MS, done));
  await disconnect(producer, TIMEOUT_MS);
}
