import { basename, dirname } from 'node:path';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { LedgerError, StoreError, type StoreErrorKind } from '../../../sink/ledger/errors.ts';
import { hourOf, publishedPath, WRITERS } from '../../../sink/ledger/layout.ts';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';

const raw = new RawHdfs(inject('hdfsUrl'));
let folder: PartitionFolder;
let store: Store;

beforeEach(() => {
  folder = new PartitionFolder(sinkUrl());
  store = folder.newStore();
  return () => store.close();
});

const patient = new AbortController().signal;
const failing = (kind: StoreErrorKind) => expect.objectContaining({ name: 'StoreError', kind });
const lines = (text: string): Buffer[] => [Buffer.from(text)];

/** A claimed partition with one segment that holds `content`. */
async function claimed(content = ''): Promise<Claim> {
  const claim = folder.newClaim();
  await store.claim(claim);
  await store.create(claim, 0);
  if (content) await store.append(claim, 0, lines(content));
  return claim;
}

describe('a claim', () => {
  test('makes the folder where there is none, and leaves nothing beside it', async () => {
    const claim = folder.newClaim();
    await store.claim(claim);
    expect(await raw.names(folder.writers)).toEqual([claim.token]);
    expect(await raw.names(`${folder.root}/${WRITERS}`)).toEqual(['0']);
    expect(await store.segments(claim)).toEqual([]);
  });

  test('takes over the segments of the claim before', async () => {
    await claimed('one\n');
    const next = folder.newClaim();
    const other = folder.newStore();
    await other.claim(next);
    await other.recoverLease(next, 0, patient);
    expect(await raw.names(folder.writers)).toEqual([next.token]);
    expect(await other.segments(next)).toMatchObject([{ first: 0, bytes: 4 }]);
    other.close();
  });

  test('of several at once leaves one holder, and everybody else is fenced at the next write', async () => {
    const rivals = Array.from({ length: 8 }, () => ({ store: folder.newStore(), claim: folder.newClaim() }));
    const outcomes = await Promise.allSettled(rivals.map((rival) => rival.store.claim(rival.claim)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(failing('fenced'));
    }
    const holders = await raw.names(folder.writers);
    expect(holders).toHaveLength(1);
    const writes = await Promise.allSettled(rivals.map((rival) => rival.store.create(rival.claim, 0)));
    for (const [index, write] of writes.entries()) {
      if (rivals[index]?.claim.token === holders[0]) expect(write.status).toBe('fulfilled');
      else expect(write).toEqual({ status: 'rejected', reason: failing('fenced') });
    }
    expect(await raw.names(`${folder.root}/${WRITERS}`)).toEqual(['0']);
  });

  test('is refused for good where the folder of the partition holds two folders', async () => {
    const claim = await claimed();
    await raw.ask('PUT', `${folder.writers}/another`, 'MKDIRS');
    await expect(store.claim(folder.newClaim())).rejects.toThrow(LedgerError);
    expect(await raw.names(folder.writers)).toEqual([claim.token, 'another'].sort());
  });
});

describe('after a claim', () => {
  const older: readonly [string, (claim: Claim) => Promise<void>][] = [
    ['APPEND', (claim) => store.append(claim, 0, lines('late\n'))],
    ['CREATE', (claim) => store.create(claim, 1)],
    ['TRUNCATE', (claim) => store.truncate(claim, 0, 0)],
    ['publish', (claim) => store.publish(claim, { first: 0, last: 0, hour: 1 })],
    ['listing', async (claim) => void (await store.segments(claim))],
    ["look for the topic's id", async (claim) => void (await store.topicId(claim))],
  ];
  test.each(older)('an older %s is fenced and changes nothing', async (_, call) => {
    const old = await claimed('one\n');
    const current = folder.newClaim();
    await store.claim(current);
    await store.recoverLease(current, 0, patient);
    await expect(call(old)).rejects.toEqual(failing('fenced'));
    expect(await raw.names(folder.writers)).toEqual([current.token]);
    expect(await raw.names(folder.claimFolder(current))).toEqual(['00000000000000000000.jsonl']);
    expect(await raw.read(folder.segment(current))).toBe('one\n');
  });

  test('an append that its owner was told is durable is there once the lease is recovered', async () => {
    const old = await claimed('one\n');
    const [current, other] = [folder.newClaim(), folder.newStore()];
    await other.claim(current);
    const [late] = await Promise.allSettled([
      store.append(old, 0, lines('late\n')),
      other.recoverLease(current, 0, patient),
    ]);
    await expect(store.append(old, 0, lines('later\n'))).rejects.toEqual(failing('fenced'));
    const content = await raw.read(folder.segment(current));
    // The append began under the older token. It may have landed without an answer.
    if (late.status === 'fulfilled') expect(content).toBe('one\nlate\n');
    else expect(['one\n', 'one\nlate\n']).toContain(content);
    expect(await other.segments(current)).toMatchObject([{ first: 0, bytes: content.length }]);
    other.close();
  });

  test('a DataNode takes nothing for an address handed out before', async () => {
    const old = await claimed('one\n');
    const append = await raw.location('POST', folder.segment(old), 'APPEND');
    const parameters = { overwrite: 'false', createparent: 'false' };
    const create = await raw.location('PUT', folder.segment(old, 1), 'CREATE', parameters);
    const current = folder.newClaim();
    await store.claim(current);
    const answers = [await raw.send('POST', append, 'late\n'), await raw.send('PUT', create)];
    expect(answers.map((answer) => answer.exception)).toEqual([
      'FileNotFoundException',
      'FileNotFoundException',
    ]);
    expect(await raw.names(folder.writers)).toEqual([current.token]);
    expect(await raw.names(folder.claimFolder(current))).toEqual(['00000000000000000000.jsonl']);
    expect(await raw.read(folder.segment(current))).toBe('one\n');
  });
});

describe('segments', () => {
  test('are listed by offset, and a stray copy is swept away', async () => {
    const claim = await claimed('one\n');
    await store.finish(claim, 0);
    await store.create(claim, 1_000);
    await store.create(claim, 20);
    await raw.ask('PUT', `${folder.claimFolder(claim)}/00000000000000000000.copy-x`, 'MKDIRS');
    expect((await store.segments(claim)).map(({ first, bytes }) => [first, bytes])).toEqual([
      [0, 4],
      [20, 0],
      [1_000, 0],
    ]);
    expect(await raw.names(folder.claimFolder(claim))).toHaveLength(3);
  });

  test('are never made over an existing segment', async () => {
    const claim = await claimed('one\n');
    await store.finish(claim, 0);
    await expect(store.create(claim, 0)).rejects.toEqual(failing('exists'));
    expect(await raw.read(folder.segment(claim))).toBe('one\n');
  });

  test('take several megabytes in pieces, whole and in order', async () => {
    const claim = await claimed('one\n');
    const pieces = Array.from({ length: 100 }, (_, index) => Buffer.alloc(65_536, `${index},`));
    await store.append(claim, 0, pieces);
    const bytes = 100 * 65_536;
    await store.finish(claim, 0);
    expect(await store.segments(claim)).toMatchObject([{ first: 0, bytes: 4 + bytes }]);
    expect((await store.read(claim, 0, 4, bytes)).equals(Buffer.concat(pieces))).toBe(true);
  });

  test('are read exactly, or not at all', async () => {
    const claim = await claimed('one\ntwo\n');
    expect((await store.read(claim, 0, 4, 3)).toString()).toBe('two');
    await expect(store.read(claim, 0, 4, 100)).rejects.toBeInstanceOf(StoreError);
  });
});

describe('a publish', () => {
  const hour = hourOf(Date.UTC(2026, 10, 22, 14));
  const path = () => `${folder.root}/${publishedPath(folder.topic, 0, { first: 0, last: 7, hour })}`;

  test('makes the folder of the hour and moves the segment there', async () => {
    const claim = await claimed('one\n');
    await store.finish(claim, 0);
    await store.publish(claim, { first: 0, last: 7, hour });
    expect(await raw.names(dirname(path()))).toEqual([basename(path())]);
    expect(await raw.read(path())).toBe('one\n');
    expect(await store.segments(claim)).toEqual([]);
  });

  test('never replaces a published segment', async () => {
    const claim = await claimed('one\n');
    await store.finish(claim, 0);
    await store.publish(claim, { first: 0, last: 7, hour });
    await store.create(claim, 0);
    await store.append(claim, 0, lines('two\n'));
    await expect(store.publish(claim, { first: 0, last: 7, hour })).rejects.toEqual(failing('exists'));
    expect(await raw.read(path())).toBe('one\n');
    expect(await raw.read(folder.segment(claim))).toBe('two\n');
  });
});

describe('what only an operator can mend is refused:', () => {
  const setQuota = (path: string, quota: Readonly<Record<string, string>>) =>
    raw.ask('PUT', path, 'SETQUOTA', quota);

  test('a CREATE beyond the quota of names', async () => {
    const claim = await claimed();
    expect(await setQuota(folder.claimFolder(claim), { namespacequota: '2' })).toMatchObject({ status: 200 });
    await expect(store.create(claim, 1)).rejects.toEqual(failing('refused'));
  });

  test('an APPEND beyond the quota of bytes', async () => {
    const claim = await claimed();
    expect(await setQuota(folder.root, { storagespacequota: '1000' })).toMatchObject({ status: 200 });
    await expect(store.append(claim, 0, lines('one\n'))).rejects.toEqual(failing('refused'));
    expect(await raw.length(folder.segment(claim))).toBe(0);
  });

  test('a claim without permission', async () => {
    await raw.ask('PUT', folder.root, 'MKDIRS', { permission: '000' });
    const nobody = folder.newStore({ user: 'nobody' });
    await expect(nobody.claim(folder.newClaim())).rejects.toEqual(failing('refused'));
    expect(await raw.names(folder.root)).toEqual([]);
  });
});
