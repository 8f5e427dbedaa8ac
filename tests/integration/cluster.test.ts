import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';
import { afterEach, expect, inject, test } from 'vitest';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { startHdfs } from '../../infra/local/hdfs/hdfs-cluster.ts';
import { contentOf, filesBelow } from '../../infra/local/hdfs/hdfs-reader.ts';
import { startKafka } from '../../infra/local/kafka/kafka-broker.ts';
import { makeTopic } from '../../infra/local/kafka/topic.ts';
import { readTopic } from '../support/kafka/topic.ts';

const releasers: (() => unknown)[] = [];

afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release();
});

test('a topic is made once, and the second asking leaves it as it is', async () => {
  const topic = { brokers: inject('kafkaBrokers'), topic: `cluster-${randomUUID()}`, partitions: 3 };
  expect(await makeTopic(topic)).toBe(true);
  expect(await makeTopic(topic)).toBe(false);
});

test('DataNodes complete an append after the shipped delay, not after 400 ms', async () => {
  const file = await newFile(inject('hdfsUrl'));
  for (let round = 0; round < 5; round += 1) await append(file, 'line\n');
  expect(await closeDelayOf(file)).toBe('10');
  expect(await contentBelow(inject('hdfsUrl'), file.path)).toBe('line\n'.repeat(5));
});

test('what Kafka and HDFS took survives SIGKILL of all their processes', async () => {
  const folder = newFolder();
  const [kafkaCluster, hdfs] = await Promise.all([
    startKafka({ folder: join(folder, 'kafka') }),
    startHdfs({ folder: join(folder, 'hdfs'), closeDelayMs: 400 }),
  ]);
  releasers.push(() => Promise.all([kafkaCluster.stop(), hdfs.stop()]));
  const nodes = [kafkaCluster.broker, hdfs.nameNode, ...hdfs.dataNodes];
  await makeTopic({ brokers: kafkaCluster.brokers, topic: 'kept', partitions: 1 });
  await produce(kafkaCluster.brokers, 'kept', 'a record');
  const file = await newFile(hdfs.url);
  await append(file, 'a line\n');
  expect(await closeDelayOf(file)).toBe('400');

  await Promise.all(nodes.map((node) => node.signal('SIGKILL')));
  await Promise.all(nodes.map((node) => node.exited()));
  await Promise.all(nodes.map((node) => node.start()));
  await hdfs.ready();

  expect(await contentBelow(hdfs.url, file.path)).toBe('a line\n');
  const records = await readTopic(kafkaCluster.brokers, 'kept');
  expect(records.map(({ value }) => value.toString())).toEqual(['a record']);
});

test('a taken port is named, with who wanted it and what moves it', async () => {
  const port = await listenSomewhere();
  const starting = startKafka({ folder: newFolder(), port });
  await expect(starting).rejects.toThrow(`127.0.0.1:${port} (Kafka): KAFKA_PORT=<another port> moves it`);
});

test('a node that cannot start says why, with the end of its log', async () => {
  const starting = startKafka({ folder: newFolder(), properties: { 'log.retention.hours': 'long' } });
  await expect(starting).rejects.toThrow(/StorageTool failed.*log\.retention\.hours/s);
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'web-events-cluster-'));
  releasers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface HdfsFile {
  readonly url: string;
  readonly path: string;
}

async function newFile(url: string): Promise<HdfsFile> {
  const file = { url, path: `/cluster-test/${randomUUID()}` };
  await write('PUT', file, 'CREATE', '');
  return file;
}

const append = (file: HdfsFile, text: string): Promise<void> => write('POST', file, 'APPEND', text);

async function write(method: 'PUT' | 'POST', file: HdfsFile, op: string, body: string): Promise<void> {
  const done = await send(method, await locationOf(method, file, op), body);
  expect(done.status, done.body).toBeLessThan(300);
}

/** At which DataNode. */
async function locationOf(method: 'PUT' | 'POST', { url, path }: HdfsFile, op: string): Promise<string> {
  const asked = `${url}/webhdfs/v1${path}?op=${op}&noredirect=true&user.name=${userName}`;
  return JSON.parse((await send(method, asked, '')).body).Location;
}

/** What the DataNode that has the file was configured with, ms. */
async function closeDelayOf(file: HdfsFile): Promise<string | undefined> {
  const { origin } = new URL(await locationOf('POST', file, 'APPEND'));
  const name = 'dfs.client.block.write.locateFollowingBlock.initial.delay.ms';
  const { body } = await send('GET', `${origin}/conf?name=${name}`, '');
  return /<value>(.*)<\/value>/.exec(body)?.[1];
}

/** Who started the NameNode is its superuser. */
const userName = userInfo().username;

function send(method: string, url: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, agent: false, timeout: 30_000 }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: text });
    });
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer`)));
    request.once('error', reject);
    request.end(body);
  });
}

async function contentBelow(url: string, path: string): Promise<string> {
  const config = { urls: [url], user: userName, folder: path };
  let text = '';
  for await (const file of filesBelow(config, path)) {
    for await (const chunk of contentOf(config, file)) text += chunk;
  }
  return text;
}

async function produce(brokers: string, topic: string, value: string): Promise<void> {
  const producer = new kafka.Producer({ 'bootstrap.servers': brokers, dr_cb: true }, { acks: -1 });
  await connect(producer, { timeoutMs: 15_000 });
  producer.setPollInterval(50);
  const delivered = new Promise<void>((resolve, reject) => {
    producer.on('delivery-report', (error: LibrdKafkaError) => (error ? reject(error) : resolve()));
  });
  producer.produce(topic, 0, Buffer.from(value));
  await delivered;
  await disconnect(producer, 15_000);
}

function listenSomewhere(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    releasers.push(() => server.close());
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
