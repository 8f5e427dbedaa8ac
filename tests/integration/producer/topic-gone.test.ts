import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, startKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { Clients, select } from '../../support/collector/clients.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { deleteTopic, listTopics } from '../../support/kafka/topic.ts';
import { type RoleProcess, runRole, startRole } from '../../support/process/role-process.ts';
import { until } from '../../support/until.ts';

const CHOICE = { service: 'blue', user: 'hong' };

let folder: string;
let cluster: KafkaCluster;
const running: RoleProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-topic-gone-'));
  // The default of Kafka.
  cluster = await startKafka({ folder, properties: { 'auto.create.topics.enable': 'true' } });
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((role) => role.stop()));
});

const settingsOf = (topic: string) => ({
  KAFKA_BROKERS: cluster.brokers,
  KAFKA_TOPIC: topic,
  KAFKA_GROUP: topic,
  HDFS_URL: sinkUrl(),
});

async function start(role: 'producer' | 'sink', topic: string): Promise<RoleProcess> {
  const started = await startRole(role, settingsOf(topic));
  running.push(started);
  return started;
}

const isReady = async ({ managementUrl }: RoleProcess) => (await fetch(`${managementUrl}/readyz`)).ok;

describe('where the broker makes topics by itself', () => {
  it('no role and no command makes one, whatever it looks at', async () => {
    const topic = 'mistyped';
    const before = await listTopics(cluster.brokers);
    for (let time = 0; time < 2; time++) {
      for (const role of ['producer', 'sink'] as const) {
        const { code, output } = await runRole(role, settingsOf(topic), {
          args: ['--check'],
          withinMs: 90_000,
        });
        expect(code, output).toBe(1);
        expect(output).toContain(`${topic} is not there`);
      }
    }
    const producer = await start('producer', topic);
    const sink = await start('sink', topic);
    await until(() => producer.logs().includes('no topic'), { what: 'the producer misses the topic' });
    await until(() => /unknown topic/i.test(sink.logs()), { what: 'the sink misses the topic' });
    expect(await select(producer.url, CHOICE)).toMatchObject({
      status: 503,
      body: { code: 'broker_unavailable' },
    });
    expect([await isReady(producer), await isReady(sink)]).toEqual([false, false]);
    expect(await listTopics(cluster.brokers)).toEqual(before);
  }, 240_000);

  it.each([
    ['{"allow.auto.create.topics":true}', 'producer'],
    ['{"allow.auto.create.topics":true}', 'sink'],
  ] as const)('KAFKA_CONFIG=%s is refused by the %s', async (config, role) => {
    const settings = { ...settingsOf('any'), KAFKA_CONFIG: config };
    const { code, output } = await runRole(role, settings, { args: ['--check-settings'] });
    expect(code).toBe(1);
    expect(output).toContain('allow.auto.create.topics');
  });
});

describe('a topic that is deleted', () => {
  it('under an idle producer makes the producer unready within seconds, and does not come back', async () => {
    const topic = 'deleted-idle';
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 3 });
    const producer = await start('producer', topic);
    await producer.ready();
    await deleteTopic(cluster.brokers, topic);
    await until(async () => !(await isReady(producer)), { what: '/readyz says so', withinMs: 15_000 });
    expect(await select(producer.url, CHOICE)).toMatchObject({
      status: 503,
      body: { code: 'broker_unavailable' },
    });
    expect(await listTopics(cluster.brokers)).not.toContain(topic);
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 3 });
    await producer.ready();
    expect((await select(producer.url, CHOICE)).status).toBe(200);
  }, 90_000);

  it('under load is answered 503 until there is one again, and never for good', async () => {
    const topic = 'deleted-under-load';
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 3 });
    const producer = await start('producer', topic);
    await producer.ready();
    const load = new Clients(producer.url, 8);
    await until(() => load.acked.length > 100, { what: 'load' });
    await deleteTopic(cluster.brokers, topic);
    await until(async () => !(await isReady(producer)), { what: '/readyz says so', withinMs: 15_000 });
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 3 });
    await producer.ready();
    const atReady = load.acked.length;
    await until(() => load.acked.length > atReady + 100, { what: 'events are stored again' });
    await load.stop();
    const refused = load.answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  }, 120_000);
});
