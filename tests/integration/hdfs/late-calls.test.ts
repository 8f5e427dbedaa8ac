import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { HdfsClient } from '../../../sink/hdfs/client.ts';
import { RawHdfs, SUPERUSER } from '../../support/hdfs/hdfs-raw.ts';
import { HdfsRpcProxy } from '../../support/proxy/hdfs-rpc-proxy.ts';

/** The client gives up a call after this. */
const TIMEOUT_MS = 2_000;
const asleep = { kind: 'hold', repetition: 'passes' } as const;

let proxy: HdfsRpcProxy;
let client: HdfsClient;
let folder: string;
const raw = new RawHdfs(inject('hdfsUrl'));

beforeEach(async () => {
  proxy = await HdfsRpcProxy.start(inject('hdfsRpcUrl'));
  const { hostname: host, port } = new URL(proxy.url);
  const nameNodes = [{ host, port: Number(port) }];
  client = new HdfsClient({ nameNodes, user: SUPERUSER, timeoutMs: TIMEOUT_MS, sync: false });
  folder = `/late-calls/${randomUUID()}`;
  await client.makeFolder(folder);
});
afterEach(async () => {
  client.close();
  await proxy.close();
});

async function write(path: string, text: string): Promise<void> {
  const file = await client.create(path);
  await file.write(Buffer.from(text));
  await file.close();
}

test('a rename that arrives after its repetition changes nothing', async () => {
  await write(`${folder}/one`, 'one');
  proxy.next({ op: 'RENAME' }, asleep);
  await client.rename(`${folder}/one`, `${folder}/two`);
  await write(`${folder}/one`, 'another one');
  expect(await proxy.release()).toHaveLength(1);
  expect(await raw.names(folder)).toEqual(['one', 'two']);
});

test('a truncate without an answer is not repeated, because the late first call could cut newer data', async () => {
  await write(`${folder}/one`, 'one, two');
  proxy.next({ op: 'TRUNCATE' }, asleep);
  await expect(client.truncate(`${folder}/one`, 3)).rejects.toMatchObject({
    kind: 'connection',
    reason: 'ETIMEDOUT',
  });
  expect(await raw.read(`${folder}/one`)).toBe('one, two');
  expect(await proxy.release()).toMatchObject([{ applied: true }]);
});

test('a truncate that could not be sent goes to the next NameNode', async () => {
  await write(`${folder}/one`, 'one, two');
  const { hostname: host, port } = new URL(proxy.url);
  // No server listens at the port of the first.
  const nameNodes = [
    { host, port: 1 },
    { host, port: Number(port) },
  ];
  const other = new HdfsClient({ nameNodes, user: SUPERUSER, timeoutMs: TIMEOUT_MS, sync: false });
  await expect(other.truncate(`${folder}/one`, 3)).resolves.toEqual(expect.any(Boolean));
  other.close();
});
