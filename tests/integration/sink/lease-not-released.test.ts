import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { startOwnHdfs } from '../../support/hdfs/own-hdfs.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';
import { until } from '../../support/until.ts';

const patient = new AbortController().signal;
/** Within this time a recovery begins and fails. */
const COPY_AFTER_MS = 8_000;
let folder: string;
let hdfs: HdfsCluster;
let raw: RawHdfs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-held-'));
  hdfs = await startOwnHdfs({ folder });
  raw = new RawHdfs(hdfs.url);
}, 240_000);
afterAll(async () => {
  await hdfs?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The files of the open replicas on the disk of the DataNode. */
async function openReplicas(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter(({ name, parentPath }) => parentPath.endsWith('/rbw') && /^blk_\d+$/.test(name))
    .map(({ name, parentPath }) => join(parentPath, name));
}

/**
 * Leaves the replica as a write does for which the disk had no room. The file is longer than the
 * DataNode knows, so every recovery fails.
 */
async function breakOff(others: readonly string[]): Promise<void> {
  const replicas = (await openReplicas()).filter((replica) => !others.includes(replica));
  expect(replicas).toHaveLength(1);
  for (const replica of replicas) await appendFile(replica, 'what came after');
}

async function held(partition: PartitionFolder, lines: string): Promise<{ store: Store; claim: Claim }> {
  const store = partition.newStore();
  const claim = partition.newClaim();
  await store.claim(claim);
  await store.create(claim, 0);
  await store.append(claim, 0, [Buffer.from(lines)]);
  return { store, claim };
}

describe('a segment whose block can never be recovered', () => {
  test('goes on as a copy of all complete lines that were durable', async () => {
    const partition = new PartitionFolder(hdfs.rpcUrls[0] ?? '');
    const others = await openReplicas();
    const before = await held(partition, 'one\ntwo\n{"t');
    await breakOff(others);
    const store = partition.newStore({ copyAfterMs: COPY_AFTER_MS });
    const claim = partition.newClaim();
    await store.claim(claim);
    expect(await store.recoverLease(claim, 0, patient)).toBe(8);
    expect(await raw.names(partition.claimFolder(claim))).toEqual(['00000000000000000000.jsonl']);
    await store.append(claim, 0, [Buffer.from('six\n')]);
    await before.store.append(before.claim, 0, [Buffer.from('late\n')]).catch(() => undefined);
    await store.finish(claim, 0);
    expect(await raw.read(partition.segment(claim))).toBe('one\ntwo\nsix\n');
    before.store.close();
    store.close();
  });

  test('goes on as a copy of what the NameNode knows of it where WebHDFS takes it over', async () => {
    const partition = new PartitionFolder(hdfs.rpcUrls[0] ?? '');
    const others = await openReplicas();
    const before = await held(partition, 'one\ntwo\n{"t');
    await until(async () => (await raw.length(partition.segment(before.claim))) === 11, {
      what: 'the NameNode is told',
    });
    await breakOff(others);
    const claim = partition.newClaim();
    const store = partition.newWebHdfsStore({ nameNodes: [new URL(hdfs.url)] }, { copyAfterMs: 500 });
    await store.claim(claim);
    expect(await store.recoverLease(claim, 0, patient)).toBe(8);
    await store.append(claim, 0, [Buffer.from('six\n')]);
    expect(await raw.read(partition.segment(claim))).toBe('one\ntwo\nsix\n');
    before.store.close();
    store.close();
  });
});
