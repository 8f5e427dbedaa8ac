import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { HdfsClient } from '../../../sink/hdfs/client.ts';
import { RawHdfs, SUPERUSER } from '../../support/hdfs/hdfs-raw.ts';
import { startOwnHdfs } from '../../support/hdfs/own-hdfs.ts';
import { until } from '../../support/until.ts';
import { judgedByJava } from './client-java.ts';
import { usedAsPackage } from './client-package.ts';

const BLOCK_BYTES = 1024 * 1024;
let folder: string;
let hdfs: HdfsCluster;
let client: HdfsClient;
let raw: RawHdfs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-hdfs-'));
  const properties = {
    'dfs.blocksize': String(BLOCK_BYTES),
    'dfs.namenode.fs-limits.min-block-size': '1024',
    // Otherwise the NameNode leaves out a busy DataNode, measured by the load of three idle ones.
    'dfs.namenode.redundancy.considerLoad': 'false',
  };
  hdfs = await startOwnHdfs({ folder, dataNodes: 3, properties: { ...properties, 'dfs.replication': '3' } });
  raw = new RawHdfs(hdfs.url);
  client = newClient();
  await client.makeFolder('/files');
}, 240_000);
afterAll(async () => {
  client?.close();
  await hdfs?.stop();
  await rm(folder, { recursive: true, force: true });
});

function newClient(): HdfsClient {
  const nameNodes = hdfs.rpcUrls.map((url) => {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port) };
  });
  return new HdfsClient({ nameNodes, user: SUPERUSER, timeoutMs: 20_000, sync: false });
}

test('data are readable as soon as they are written, and after the file is closed', async () => {
  const file = await client.create('/files/one');
  await file.write(Buffer.from('one\n'));
  expect(String(await client.read({ path: '/files/one', at: 0, bytes: 4 }))).toBe('one\n');
  await file.write(Buffer.from('two\n'));
  expect(String(await client.read({ path: '/files/one', at: 2, bytes: 5 }))).toBe('e\ntwo');
  expect(await client.readableBytes('/files/one')).toBe(8);
  await file.close();
  expect(await client.readableBytes('/files/one')).toBe(8);
  expect(await client.isClosed('/files/one')).toBe(true);
  expect(await raw.read('/files/one')).toBe('one\ntwo\n');
});

test('an append continues at the end of the file, over many blocks', async () => {
  const path = '/files/blocks';
  await (await client.create(path)).close();
  const parts = [3, 509, 512, 513, 100_000, 900_000, 1_200_000, 2_000_000].map((bytes, index) =>
    Buffer.alloc(bytes, 97 + index),
  );
  for (const part of parts) {
    const file = await client.append(path);
    await file.write(part);
    await file.close();
  }
  const all = Buffer.concat(parts);
  const read = await client.read({ path, at: 0, bytes: all.length });
  expect(read.equals(all)).toBe(true);
  expect(await raw.read(path)).toBe(String(all));
});

test('a DataNode that is killed is left out, and nothing is lost or written twice', async () => {
  const path = '/files/killed';
  const file = await client.create(path);
  const lines: string[] = [];
  for (let index = 0; index < 600; index += 1) {
    const line = `${index} ${'x'.repeat(index)}\n`;
    if (index === 200) await hdfs.dataNodes[1]?.signal('SIGKILL');
    await file.write(Buffer.from(line));
    lines.push(line);
  }
  await file.close();
  expect(await raw.read(path)).toBe(lines.join(''));
  await hdfs.dataNodes[1]?.exited();
  await hdfs.dataNodes[1]?.start();
});

test('the block after the loss of a DataNode has all replicas again', async () => {
  const path = '/files/made-up-for';
  await hdfs.ready();
  const file = await client.create(path);
  await file.write(Buffer.from('one\n'));
  await hdfs.dataNodes[2]?.signal('SIGKILL');
  await hdfs.dataNodes[2]?.exited();
  await file.write(Buffer.from('two\n'));
  await hdfs.dataNodes[2]?.start();
  await hdfs.ready();
  await file.write(Buffer.from('three\n'));
  await file.close();
  expect(await raw.read(path)).toBe('one\ntwo\nthree\n');
  const [first, second, ...more] = await client.blocks(path);
  expect([first?.block.bytes, second?.block.bytes, more.length]).toEqual([8n, 6n, 0]);
  expect(second?.locations).toHaveLength(3);
});

test('a file is closed although a DataNode died before', async () => {
  const path = '/files/closed-without';
  await hdfs.ready();
  const file = await client.create(path);
  await file.write(Buffer.from('one\n'));
  await hdfs.dataNodes[0]?.signal('SIGKILL');
  await hdfs.dataNodes[0]?.exited();
  await file.close();
  expect(await client.isClosed(path)).toBe(true);
  expect(await raw.read(path)).toBe('one\n');
  await hdfs.dataNodes[0]?.start();
});

test('the recovery of a dead writer’s lease keeps all that was acknowledged', async () => {
  const path = '/files/dead';
  const file = await client.create(path);
  await file.write(Buffer.from('one\ntw'));
  file.destroy();
  expect(await client.recoverLease(path)).toBe(false);
  await until(() => client.isClosed(path), { what: 'the lease is recovered' });
  expect((await client.status(path))?.length).toBe(6n);
  expect(await client.truncate(path, 4)).toBe(false);
  await until(() => client.isClosed(path), { what: 'the file is cut' });
  const next = await client.append(path);
  await next.write(Buffer.from('two\n'));
  await next.close();
  expect(await raw.read(path)).toBe('one\ntwo\n');
});

describe('as a package of its own,', () => {
  usedAsPackage(() => ({ folder, hdfs }));
});

describe('beside Hadoop’s own client,', () => {
  judgedByJava(() => ({ folder, hdfs, client, blockBytes: BLOCK_BYTES }));
});
