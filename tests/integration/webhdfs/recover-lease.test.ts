import { beforeEach, describe, expect, inject, test } from 'vitest';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { type HalfSent, type RawAnswer, RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';
import { until } from '../../support/until.ts';

const url = inject('hdfsUrl');
const raw = new RawHdfs(url);
const patient = new AbortController().signal;
let folder: PartitionFolder;
let store: Store;

beforeEach(() => {
  folder = new PartitionFolder(url);
  store = folder.newStore();
  return () => store.close();
});

async function claimed(content: string): Promise<Claim> {
  const claim = folder.newClaim();
  await store.claim(claim);
  await store.create(claim, 0);
  if (content) await store.append(claim, 0, [Buffer.from(content)]);
  return claim;
}

/** The probe of the store: a TRUNCATE to more than any file has, which can never cut a file. */
const probe = (path: string): Promise<RawAnswer> =>
  raw.ask('POST', path, 'TRUNCATE', { newlength: String(2n ** 62n) });

/** Begins an append. Resolves when the append holds the lease of the file. */
async function holdOpen(path: string, bytes: number, beginning: string): Promise<HalfSent> {
  const slow = await raw.appendSlowly(path, bytes, beginning);
  await until(async () => (await probe(path)).exception === 'AlreadyBeingCreatedException', {
    what: 'the slow append holds the file',
  });
  return slow;
}

describe('the truncation to 2^62, as this version of HDFS answers it,', () => {
  test.each(['', 'one\n'])('says that nobody holds a file of %j, and cuts nothing', async (content) => {
    const path = folder.segment(await claimed(content));
    const answer = await probe(path);
    expect(answer).toMatchObject({ status: 400, exception: 'HadoopIllegalArgumentException' });
    expect(answer.body).toContain('Cannot truncate to a larger file size');
    expect(await raw.length(path)).toBe(content.length);
  });

  test('says that an append holds a file, and cuts nothing', async () => {
    const path = folder.segment(await claimed('one\n'));
    const slow = await holdOpen(path, 8, 'two\n');
    expect(await probe(path)).toMatchObject({ status: 403, exception: 'AlreadyBeingCreatedException' });
    slow.finish('six\n');
    expect((await slow.answer).status).toBe(200);
    expect(await raw.read(path)).toBe('one\ntwo\nsix\n');
  });

  test('says while a cut is being recovered that it is, and then that nobody holds the file', async () => {
    const path = folder.segment(await claimed('one\ntwo\n'));
    await raw.ask('POST', path, 'TRUNCATE', { newlength: '4' });
    const before = new Set<string | undefined>();
    await until(
      async () => {
        const { status, exception } = await probe(path);
        if (status === 400) return true;
        before.add(exception);
        return false;
      },
      { what: 'the cut is recovered' },
    );
    const known = ['RecoveryInProgressException', 'AlreadyBeingCreatedException'];
    expect([...before].filter((exception) => !known.includes(exception ?? ''))).toEqual([]);
    expect(await raw.read(path)).toBe('one\n');
  });
});

describe('recoverLease', () => {
  test('resolves at once with the length where no client holds the lease', async () => {
    const claim = await claimed('one\n');
    expect(await store.recoverLease(claim, 0, patient)).toBe(4);
    expect(await raw.read(folder.segment(claim))).toBe('one\n');
  });

  test('waits for an append that began under the token before, and its bytes count', async () => {
    const old = await claimed('one\n');
    const slow = await holdOpen(folder.segment(old), 8, 'two\n');
    const claim = folder.newClaim();
    await store.claim(claim);
    let isRecovered = false;
    const recovering = store.recoverLease(claim, 0, patient).then(() => {
      isRecovered = true;
    });
    // The NameNode answers each of these probes after the first probe of the store.
    for (let times = 0; times < 5; times++) await probe(folder.segment(claim));
    expect(isRecovered).toBe(false);
    slow.finish('six\n');
    await recovering;
    expect(await store.segments(claim)).toMatchObject([{ first: 0, bytes: 12 }]);
  });

  test('after a POST cut midway finds the bytes that arrived, and they stay', async () => {
    const old = await claimed('one\n');
    const slow = await holdOpen(folder.segment(old), 1_000, 'two\nthr');
    const claim = folder.newClaim();
    await store.claim(claim);
    slow.cut();
    await store.recoverLease(claim, 0, patient);
    const [segment] = await store.segments(claim);
    expect('one\ntwo\nthr'.startsWith(await raw.read(folder.segment(claim)))).toBe(true);
    await store.append(claim, 0, [Buffer.from('!\n')]);
    expect(await raw.length(folder.segment(claim))).toBe((segment?.bytes ?? 0) + 2);
  });

  test('after a truncation waits until it is done, and the next append follows the cut', async () => {
    const claim = await claimed('one\ntwo\nthr');
    await store.truncate(claim, 0, 8);
    await store.recoverLease(claim, 0, patient);
    await store.append(claim, 0, [Buffer.from('six\n')]);
    expect(await raw.read(folder.segment(claim))).toBe('one\ntwo\nsix\n');
  });

  test('ends with the signal while an append holds the lease of the segment', async () => {
    const claim = await claimed('one\n');
    const slow = await holdOpen(folder.segment(claim), 8, 'two\n');
    const release = new AbortController();
    const recovering = store.recoverLease(claim, 0, release.signal);
    release.abort();
    await expect(recovering).rejects.toThrow();
    slow.cut();
  });

  test('replaces a segment whose lease is not released by its complete lines, which no other client can reach', async () => {
    const old = await claimed('one\ntwo\n{"t');
    const slow = await holdOpen(folder.segment(old), 8, 'ee\n');
    const claim = folder.newClaim();
    await store.claim(claim);
    const hasty = folder.newStore({ copyAfterMs: 200 });
    await hasty.recoverLease(claim, 0, patient);
    await hasty.recoverLease(claim, 0, patient);
    expect(await raw.names(folder.claimFolder(claim))).toEqual(['00000000000000000000.jsonl']);
    await hasty.append(claim, 0, [Buffer.from('six\n')]);
    slow.finish('late\n');
    expect((await slow.answer).status).not.toBe(200);
    expect(await raw.read(folder.segment(claim))).toBe('one\ntwo\nsix\n');
    hasty.close();
  });
});
