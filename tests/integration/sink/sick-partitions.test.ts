import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TopicQuestions } from '../../../infra/kafka/topic-questions.ts';
import { type KafkaCluster, startKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';

const PARTITIONS = 60;

let folder: string;
let first: KafkaCluster;
let second: KafkaCluster;
const running: SinkProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-two-brokers-'));
  const controllerPort = await freePort();
  first = await startKafka({ folder: join(folder, 'first'), controllerPort });
  // The broker makes the topic of the groups for its first member. The coordinator has to survive.
  const sink = await start(await createTopic(first.brokers));
  await sink.ready();
  await sink.stop();
  const port = await freePort();
  second = await startKafka({
    folder: join(folder, 'second'),
    port,
    properties: {
      'process.roles': 'broker',
      'node.id': '2',
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      listeners: `PLAINTEXT://127.0.0.1:${port}`,
    },
  });
}, 120_000);

afterAll(async () => {
  await Promise.all(running.map((sink) => sink.stop()));
  await second?.stop();
  await first?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(topic: string): Promise<SinkProcess> {
  const sink = await startSink({
    KAFKA_BROKERS: first.brokers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP: topic,
    HDFS_URL: sinkUrl(),
  });
  running.push(sink);
  return sink;
}

/** The partitions that have a leader. */
async function led(topic: string): Promise<number[]> {
  const questions = new TopicQuestions({
    brokers: first.brokers,
    topic,
    config: {},
    onDebug: () => {},
  });
  try {
    const { leaders } = await questions.describe();
    return [...leaders].flatMap(([partition, leader]) => (leader === undefined ? [] : [partition]));
  } finally {
    questions.close();
  }
}

async function written(sink: SinkProcess): Promise<number[]> {
  const writing = await sink.perPartition('sink_partition_writing');
  return [...writing].flatMap(([partition, value]) => (value === 1 ? [partition] : []));
}

it('a broker that is away delays no partition of another one, and its own come back', async () => {
  const topic = await createTopic(first.brokers, { partitions: PARTITIONS });
  await second.stop();
  const half = () => led(topic).then((partitions) => partitions.length === PARTITIONS / 2);
  await until(half, { what: 'half of the partitions have no leader', withinMs: 30_000 });
  const healthy = await led(topic);
  const sink = await start(topic);
  const allHealthy = async () => (await written(sink)).length === healthy.length;
  await until(allHealthy, { what: 'the healthy partitions are written', withinMs: 20_000 });
  expect((await written(sink)).toSorted((a, b) => a - b)).toEqual(healthy.toSorted((a, b) => a - b));
  expect((await fetch(`${sink.url}/livez`)).status).toBe(200);
  await second.broker.start();
  const all = async () => (await written(sink)).length === PARTITIONS;
  await until(all, { what: 'all partitions are written', withinMs: 60_000 });
}, 180_000);
