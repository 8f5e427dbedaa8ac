import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HdfsCluster, startHdfs } from '../../infra/local/hdfs-cluster.ts';
import { type KafkaCluster, startKafka } from '../../infra/local/kafka-broker.ts';
import type { ClusterNode } from '../../infra/local/node-process.ts';
import { CLEAN } from '../support/judge.ts';
import { startLoad } from '../support/load.ts';
import { judgeWhenSettled } from '../support/settled.ts';
import { startSink } from '../support/sink-process.ts';
import { createTopic } from '../support/topic.ts';
import { until } from '../support/until.ts';

/** A lease that its holder left behind lasts 60 s, its recovery some seconds more. */
const GOES_ON_WITHIN_MS = 120_000;

let folder: string;
let kafka: KafkaCluster;
let hdfs: HdfsCluster;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-chaos-'));
  kafka = await startKafka({ folder: join(folder, 'kafka') });
  hdfs = await startHdfs({ folder: join(folder, 'hdfs') });
});
afterAll(async () => {
  await Promise.all([kafka?.stop(), hdfs?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

it('broker, DataNode and NameNode killed and restarted under load: each offset once, and the sink goes on', async () => {
  const { brokers } = kafka;
  const topic = await createTopic(brokers, { partitions: 3 });
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    HDFS_URL: hdfs.url,
    ROLL_BYTES: '100000',
  });
  const load = await startLoad({ brokers, topic, eventsPerSecond: 200 });
  const goesOn = async (what: string) => {
    const before = await sink.lines();
    const more = async () => (await sink.lines()) > before + 300;
    await until(more, { what: `the sink goes on after ${what}`, withinMs: GOES_ON_WITHIN_MS, everyMs: 200 });
  };
  try {
    await goesOn('its start');
    for (const node of [kafka.broker, ...hdfs.dataNodes, hdfs.nameNode]) {
      await killAndRestart(node);
      await goesOn(`the death of ${node.name}`);
    }
    await load.stop();
    const { verdict, records } = await judgeWhenSettled(
      brokers,
      { url: hdfs.url, dir: '/data', topic },
      GOES_ON_WITHIN_MS,
    );
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(load.acked);
  } finally {
    expect(await sink.stop()).toEqual({ code: 0, signal: null });
  }
}, 400_000);

async function killAndRestart(node: ClusterNode): Promise<void> {
  await node.signal('SIGKILL');
  await node.exited();
  await node.start();
}
