import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';
import { HdfsProxy } from '../../support/proxy/hdfs-proxy.ts';

const raw = new RawHdfs(inject('hdfsUrl'));
let proxy: HdfsProxy;
let folder: PartitionFolder;
let store: Store;
let asked: number;

beforeEach(async () => {
  proxy = await HdfsProxy.start(inject('hdfsUrl'));
  folder = new PartitionFolder(proxy.url);
  store = folder.newStore();
  asked = 0;
  proxy.chance = ({ op, to }) => {
    if (op === 'APPEND' && to === 'namenode') asked += 1;
    return undefined;
  };
});
afterEach(async () => {
  store.close();
  await proxy.close();
});

const append = (claim: Claim, first: number, text: string) => store.append(claim, first, [Buffer.from(text)]);

async function claimed(): Promise<Claim> {
  const claim = folder.newClaim();
  await store.claim(claim);
  return claim;
}

test('appends to one segment ask the NameNode once where to', async () => {
  const claim = await claimed();
  await store.create(claim, 0);
  for (const text of ['one\n', 'two\n', 'three\n']) await append(claim, 0, text);
  expect(asked).toBe(1);
  expect(await raw.read(folder.segment(claim))).toBe('one\ntwo\nthree\n');
});

test('each segment, each claim and each failure asks anew', async () => {
  const claim = await claimed();
  await store.create(claim, 0);
  await append(claim, 0, 'one\n');
  await store.create(claim, 1);
  await append(claim, 1, 'two\n');
  expect(asked).toBe(2);
  const next = await claimed();
  await append(next, 1, 'three\n');
  expect(asked).toBe(3);
  proxy.next({ op: 'APPEND' }, { kind: 'refuse' });
  await expect(append(next, 1, 'lost\n')).rejects.toMatchObject({ kind: 'unavailable' });
  await append(next, 1, 'four\n');
  expect(asked).toBe(4);
});

test('where an older claim appended to is no way round the fence', async () => {
  const older = await claimed();
  await store.create(older, 0);
  await append(older, 0, 'one\n');
  const other = folder.newStore();
  const newer = folder.newClaim();
  await other.claim(newer);
  await expect(append(older, 0, 'two\n')).rejects.toMatchObject({ kind: 'fenced' });
  expect(await raw.read(folder.segment(newer))).toBe('one\n');
  other.close();
});
