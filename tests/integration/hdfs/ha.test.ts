import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HdfsCluster, startHdfs } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';
import { until } from '../../support/until.ts';

const patient = new AbortController().signal;
let folder: string;
let hdfs: HdfsCluster;
const stores: Store[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-ha-'));
  hdfs = await startHdfs({ folder, nameNodes: 2 });
}, 240_000);
afterAll(async () => {
  for (const store of stores) store.close();
  await hdfs?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A store that knows both NameNodes, in order. */
function storeOf(partition: PartitionFolder): Store {
  const store = partition.newWebHdfsStore({
    nameNodes: hdfs.urls.map((url) => new URL(url)),
    timeoutMs: 10_000,
  });
  stores.push(store);
  return store;
}

const lines = (text: string): Buffer[] => [Buffer.from(text)];

async function claimed(partition: PartitionFolder, store: Store, content: string): Promise<Claim> {
  const claim = partition.newClaim();
  await store.claim(claim);
  await store.create(claim, 0);
  await store.append(claim, 0, lines(content));
  return claim;
}

/**
 * Whether the append succeeded. It is false where the NameNode has not heard of the last block yet.
 * The NameNode says so before any byte is written.
 */
async function appended(store: Store, claim: Claim, content: string): Promise<boolean> {
  try {
    await store.append(claim, 0, lines(content));
    return true;
  } catch (error) {
    if (String(error).includes('not sufficiently replicated yet')) return false;
    throw error;
  }
}

/** Reads a file through one NameNode only. */
const read = (index: number, path: string) => new RawHdfs(hdfs.urls[index] ?? '').read(path);

// Each test begins with the pair as the test before has left it.

test('after a failover the next append of a claim goes to the new active NameNode', async () => {
  const partition = new PartitionFolder(hdfs.url);
  const store = storeOf(partition);
  const claim = await claimed(partition, store, 'one\n');
  await hdfs.failover(1);
  await hdfs.ready();
  await until(() => appended(store, claim, 'two\n'), {
    what: 'the new active NameNode knows the last block',
  });
  expect(await read(1, partition.segment(claim))).toBe('one\ntwo\n');
});

test('the error names both NameNodes while neither serves, and a claim succeeds after the failover', async () => {
  const partition = new PartitionFolder(hdfs.url);
  const store = storeOf(partition);
  const [, second] = hdfs.nameNodes;
  await second?.signal('SIGKILL');
  await second?.exited();
  const refused = store.claim(partition.newClaim());
  await expect(refused).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'ECONNREFUSED',
    message: expect.stringContaining('StandbyException'),
  });
  await hdfs.failover(0);
  await hdfs.ready();
  const claim = await claimed(partition, store, 'one\n');
  expect(await read(0, partition.segment(claim))).toBe('one\n');
  await second?.start();
});

test('a NameNode that slept through its failover answers reads, and ends at its first write', async () => {
  const partition = new PartitionFolder(hdfs.url);
  const [late, current] = [storeOf(partition), storeOf(partition)];
  const old = await claimed(partition, late, 'one\n');
  const [sleeper] = hdfs.nameNodes;
  await sleeper?.signal('SIGSTOP');
  // A request to step down would reach the sleeper when it wakes, and could end it before the read.
  await hdfs.takeOver(1);
  await hdfs.ready();
  const claim = partition.newClaim();
  await current.claim(claim);
  await sleeper?.signal('SIGCONT');

  // The sleeper knows the old claim, and does not know the new one.
  expect(await late.segments(old)).toMatchObject([{ first: 0, bytes: 4 }]);
  await expect(late.segments(claim)).rejects.toMatchObject({ kind: 'fenced' });
  await expect(late.claim(partition.newClaim())).rejects.toMatchObject({ kind: 'unavailable' });
  await until(() => sleeper?.pid === undefined, { what: 'the journal ends the NameNode that slept' });

  const next = partition.newClaim();
  await late.claim(next);
  await late.recoverLease(next, 0, patient);
  await late.append(next, 0, lines('two\n'));
  expect(await read(1, partition.segment(next))).toBe('one\ntwo\n');
}, 90_000);
