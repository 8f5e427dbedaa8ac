import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { StoreErrorKind } from '../../../../sink/ledger/errors.ts';
import { SegmentStore } from '../../../../sink/ledger/segment-store.ts';
import { FileSystemError, type FileSystemErrorKind } from '../../../../sink/storage/errors.ts';
import type { FileSystem } from '../../../../sink/storage/file-system.ts';

const COPY_AFTER_MS = 50;
const COPYING = new Error('it copies');
const claim = { partition: 0, token: 'token' };

/** A store with this lease recovery. A copy fails with `COPYING`. */
function storeOn(recoverLease: FileSystem['recoverLease']): SegmentStore {
  const readableBytes = () => Promise.reject(COPYING);
  const files = {
    leaseRecoversWithinMs: COPY_AFTER_MS,
    recoverLease,
    readableBytes,
  } as unknown as FileSystem;
  return new SegmentStore({ files, dir: '', topic: 'topic', log: pino({ level: 'silent' }) });
}

const forEver: FileSystem['recoverLease'] = (_, signal) => delay(60_000, undefined, { signal });

test('a segment whose lease is not released within the time of the protocol is copied', async () => {
  const recovering = storeOn(forEver).recoverLease(claim, 0, new AbortController().signal);
  await expect(recovering).rejects.toBe(COPYING);
});

test('a segment whose lease is released in time is not copied', async () => {
  expect(await storeOn(async () => 7).recoverLease(claim, 0, new AbortController().signal)).toBe(7);
});

test('a request without an answer fails without a copy, however long it took', async () => {
  const silence = new FileSystemError('unavailable', 'ETIMEDOUT', 'no answer');
  const late: FileSystem['recoverLease'] = async () => {
    await delay(2 * COPY_AFTER_MS);
    throw silence;
  };
  await expect(storeOn(late).recoverLease(claim, 0, new AbortController().signal)).rejects.toMatchObject({
    name: 'StoreError',
    cause: silence,
  });
});

test('a recovery that is aborted fails without a copy', async () => {
  const release = new AbortController();
  const recovering = storeOn(forEver).recoverLease(claim, 0, release.signal);
  release.abort();
  await expect(recovering).rejects.toMatchObject({ name: 'AbortError' });
});

const MODIFIED_MS = 1_000;

/** A store whose partition has a claim, and whose other requests fail with this kind. */
function storeThatFails(kind: FileSystemErrorKind): SegmentStore {
  const fail = () => Promise.reject(new FileSystemError(kind, 'Injected', 'on command'));
  const holder = { name: 'older', type: 'DIRECTORY', bytes: 0, modifiedMs: MODIFIED_MS, id: '1' };
  const files = { list: async () => [holder], append: fail, rename: fail, makeFolder: fail };
  return new SegmentStore({
    files: files as unknown as FileSystem,
    dir: '',
    topic: 'topic',
    log: pino({ level: 'silent' }),
  });
}

const failing = (kind: StoreErrorKind) =>
  expect.objectContaining({ name: 'StoreError', kind, reason: 'Injected' });

test('a claimed path that is gone means that another claim has fenced this one', async () => {
  const store = storeThatFails('missing');
  await expect(store.claim(claim)).rejects.toEqual(failing('fenced'));
  await expect(store.append(claim, 0, [])).rejects.toEqual(failing('fenced'));
});

test('any other path that is gone is a passing fault', async () => {
  const published = storeThatFails('missing').publish(claim, { first: 0, last: 1, hour: 2 });
  await expect(published).rejects.toEqual(failing('unavailable'));
});

test.each(['exists', 'refused', 'unavailable'] as const)('%s stays what it is', async (kind) => {
  await expect(storeThatFails(kind).append(claim, 0, [])).rejects.toEqual(failing(kind));
});

test('a claimed folder that cannot be listed any more is fenced', async () => {
  const files = { list: async () => undefined } as unknown as FileSystem;
  const store = new SegmentStore({ files, dir: '', topic: 'topic', log: pino({ level: 'silent' }) });
  await expect(store.segments(claim)).rejects.toMatchObject({ name: 'StoreError', kind: 'fenced' });
});
