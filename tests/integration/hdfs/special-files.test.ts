import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { root } from '../../../infra/local/process/root.ts';
import { HdfsClient } from '../../../sink/hdfs/client.ts';
import { RawHdfs, SUPERUSER } from '../../support/hdfs/hdfs-raw.ts';
import { javaOutput } from '../../support/hdfs/java-output.ts';
import { startOwnHdfs } from '../../support/hdfs/own-hdfs.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { runRole } from '../../support/process/role-process.ts';
import { startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';
import { HadoopShell } from './hadoop-shell.ts';

const brokers = inject('kafkaBrokers');
const ZONE = '/zone';
const KEY = 'zone-key';
const CODED = '/coded';
const POLICY = 'XOR-2-1-1024k';

let folder: string;
let hdfs: HdfsCluster;
let raw: RawHdfs;
let shell: HadoopShell;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-special-'));
  const provider = `jceks://file@${folder}/keys.jceks`;
  await javaOutput({
    product: 'hadoop',
    mainClass: 'org.apache.hadoop.crypto.key.KeyShell',
    heapMb: 128,
    args: ['create', KEY, '-size', '128', '-provider', provider],
  });
  const properties = { 'hadoop.security.key.provider.path': provider };
  hdfs = await startOwnHdfs({ folder, dataNodes: 3, properties });
  raw = new RawHdfs(hdfs.url);
  shell = new HadoopShell({ 'fs.defaultFS': hdfs.rpcUrls[0] ?? '', ...properties });
  for (const path of [ZONE, CODED]) await raw.ask('PUT', path, 'MKDIRS');
  await shell.crypto(['-createZone', '-keyName', KEY, '-path', ZONE]);
  await shell.erasureCoding(['-enablePolicy', '-policy', POLICY]);
  await shell.erasureCoding(['-setPolicy', '-path', CODED, '-policy', POLICY]);
}, 240_000);
afterAll(async () => {
  await hdfs?.stop();
  await rm(folder, { recursive: true, force: true });
});

const settingsOf = (topic: string, HDFS_URL: string) => ({
  KAFKA_BROKERS: brokers,
  KAFKA_TOPIC: topic,
  KAFKA_GROUP: topic,
  HDFS_URL,
  HDFS_DIR: ZONE,
});

async function loadedTopic(count: number): Promise<string> {
  const topic = await createTopic(brokers, { partitions: 1 });
  const load = await startLoad({ brokers, topic, eventsPerSecond: 0 });
  for (let n = 0; n < count; n++) load.add({ partition: 0, key: null, value: Buffer.from(`{"n":${n}}`) });
  await load.stop();
  return topic;
}

function verify(topic: string, url: string): Promise<{ readonly code: number; readonly output: string }> {
  const options = {
    env: { PATH: process.env['PATH'], ...settingsOf(topic, url) },
    timeout: 50_000,
  };
  const args = [join(root, 'dist/sink/verify/main.js'), '--settled'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, output, complaints) => {
      resolve({ code: error ? Number(error.code) : 0, output: output + complaints });
    });
  });
}

async function segment(topic: string): Promise<string> {
  const writers = `${ZONE}/${topic}/_writers/0`;
  const [token] = await raw.names(writers);
  return `${writers}/${token}/00000000000000000000.jsonl`;
}

describe('in an encryption zone', () => {
  test('a sink over WebHDFS stores each record, and one over hdfs:// changes nothing and says why', async () => {
    const [RPC = ''] = hdfs.rpcUrls;
    const topic = await loadedTopic(50);
    const first = await startSink(settingsOf(topic, hdfs.url));
    await until(async () => (await first.lines()) === 50, { what: 'all is durable', withinMs: 60_000 });
    await first.stop();
    const stored = await raw.read(await segment(topic));
    expect(stored.split('\n')).toHaveLength(51);
    expect(await verify(topic, hdfs.url)).toMatchObject({ code: 0 });

    const second = await startSink(settingsOf(topic, RPC));
    await until(() => second.logs().includes('lies in an encryption zone'), { what: 'the sink says why' });
    await second.stop();
    expect(second.logs()).toContain('EncryptedFile');
    expect(await raw.read(await segment(topic))).toBe(stored);

    const verified = await verify(topic, RPC);
    expect(verified).toMatchObject({
      code: 2,
      output: expect.stringContaining('lies in an encryption zone'),
    });
    expect(verified.output).not.toContain('torn:');
  }, 240_000);

  test('--check over hdfs:// fails and names WebHDFS, with which it could work', async () => {
    const topic = await loadedTopic(1);
    const asProcess = { args: ['--check'], withinMs: 100_000 };
    const over = async (url: string) => runRole('sink', settingsOf(topic, url), asProcess);
    const native = await over(hdfs.rpcUrls[0] ?? '');
    expect(native.output).toMatch(/^FAIL folder .*encryption zone.*\n.*WebHDFS/m);
    expect(native.code).not.toBe(0);
    expect((await over(hdfs.url)).code).toBe(0);
  }, 240_000);

  test('a sink over hdfs:// that begins there says that HDFS refuses it', async () => {
    const topic = await loadedTopic(1);
    const sink = await startSink(settingsOf(topic, hdfs.rpcUrls[0] ?? ''));
    await until(() => sink.logs().includes('UnknownCryptoProtocolVersionException'), {
      what: 'the refusal is logged',
    });
    await sink.stop();
  }, 120_000);
});

test('an erasure-coded file is refused over hdfs://, and not read as other bytes', async () => {
  const content = randomBytes(3 * 1024 * 1024);
  const local = join(folder, 'content');
  await writeFile(local, content);
  await shell.fs(['-put', local, `${CODED}/file`]);
  const { hostname: host, port } = new URL(hdfs.rpcUrls[0] ?? '');
  const nameNodes = [{ host, port: Number(port) }];
  const client = new HdfsClient({ nameNodes, user: SUPERUSER, timeoutMs: 20_000, sync: false });
  const path = `${CODED}/file`;
  for (const work of [() => client.read({ path, at: 0, bytes: 10 }), () => client.append(path)]) {
    await expect(work()).rejects.toMatchObject({
      reason: 'UnsupportedOperationException',
      message: expect.stringContaining('erasure-coded'),
    });
  }
  client.close();
}, 120_000);
