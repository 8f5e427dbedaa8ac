import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { StoreError } from '../../../../sink/ledger/errors.ts';
import { SegmentStore } from '../../../../sink/ledger/segment-store.ts';
import type { FileSystem } from '../../../../sink/storage/file-system.ts';

const HELD_FOR_EVER_MS = 50;
const COPYING = new Error('it copies');
const claim = { partition: 0, token: 'token' };

/** A store whose segment settles like this, and whose copy is never made, but says so. */
function storeOn(settle: FileSystem['settle']): SegmentStore {
  const readableBytes = () => Promise.reject(COPYING);
  const files = { settlesWithinMs: HELD_FOR_EVER_MS, settle, readableBytes } as unknown as FileSystem;
  return new SegmentStore({ files, dir: '', topic: 'topic', log: pino({ level: 'silent' }) });
}

const forEver: FileSystem['settle'] = (_, signal) => delay(60_000, undefined, { signal });

test('a segment that stays held for longer than the protocol has it is copied', async () => {
  const settling = storeOn(forEver).settle(claim, 0, new AbortController().signal);
  await expect(settling).rejects.toBe(COPYING);
});

test('one that is let go of in time is not', async () => {
  expect(await storeOn(async () => 7).settle(claim, 0, new AbortController().signal)).toBe(7);
});

test('nor one of which nobody answers, however long that took', async () => {
  const silence = new StoreError('unavailable', 'ETIMEDOUT', 'no answer');
  const late: FileSystem['settle'] = async () => {
    await delay(2 * HELD_FOR_EVER_MS);
    throw silence;
  };
  await expect(storeOn(late).settle(claim, 0, new AbortController().signal)).rejects.toBe(silence);
});

test('nor one that is not wanted any more', async () => {
  const release = new AbortController();
  const settling = storeOn(forEver).settle(claim, 0, release.signal);
  release.abort();
  await expect(settling).rejects.toMatchObject({ name: 'AbortError' });
});
