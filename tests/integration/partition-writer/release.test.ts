import { beforeEach, describe, expect, inject, test } from 'vitest';
import { FakeFeed } from '../../support/fakes/fake-feed.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { until } from '../../support/until.ts';
import { events, type RunningWriter, WrittenPartition } from '../../support/writer/written-partition.ts';

let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

const IDLE = { limits: { flushCount: 1_000_000, flushIntervalMs: 3_600_000 } };

const writing = ({ writer }: RunningWriter) =>
  until(() => writer.state.name === 'writing', { what: 'the partition is claimed' });

async function buffered({ writer, store }: RunningWriter, count: number): Promise<void> {
  partition.feed.produce(...events(count));
  await until(() => writer.bufferedBytes > 0, { what: 'records are buffered' });
  expect(store.count('append')).toBe(0);
}

/** A writer with one append under way, which has no answer until `release`. */
async function hanging(): Promise<RunningWriter> {
  const running = partition.write();
  running.store.failNext('append', { at: 'hang' });
  partition.feed.produce(...events(10));
  await until(() => running.store.held === 1, { what: 'the append hangs' });
  return running;
}

describe('a revoke', () => {
  test('makes durable what was received, though no flush was due, and then writes no more', async () => {
    const running = partition.write(IDLE);
    await writing(running);
    await buffered(running, 5);
    await running.writer.revoke(5_000);
    expect([running.writer.state.name, running.writer.durable, running.feed.committed]).toEqual([
      'released',
      5,
      5,
    ]);
    running.feed.produce(...events(5));
    partition.write();
    await partition.stored();
    expect([running.store.count('append'), running.store.count('claim')]).toEqual([1, 1]);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('ends with its deadline where an append has no answer, and claims nothing', async () => {
    const { writer, store } = await hanging();
    const begunMs = performance.now();
    await writer.revoke(200);
    expect(performance.now() - begunMs).toBeLessThan(1_200);
    expect(writer.state.name).toBe('released');
    partition.write();
    await partition.stored();
    expect(await store.release()).toMatchObject([{ applied: false, error: { kind: 'fenced' } }]);
    expect([store.count('claim'), store.count('append')]).toEqual([1, 1]);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test.each(['before', 'after', 'half'] as const)(
    'whose append fails (%s) claims nothing and leaves the rest to the next owner',
    async (at) => {
      const running = partition.write(IDLE);
      await writing(running);
      await buffered(running, 5);
      running.store.failNext('append', { at });
      await running.writer.revoke(5_000);
      expect([running.writer.state.name, running.feed.committed]).toEqual(['released', 0]);
      partition.feed.produce(...events(5));
      partition.write();
      await partition.stored();
      expect([running.store.count('claim'), running.store.count('append')]).toEqual([1, 1]);
      expect(await partition.verdict()).toEqual(CLEAN);
    },
  );

  test('during a claim ends it at once', async () => {
    const { writer, store, feed } = partition.write({
      prepare: (planned) => planned.failNext('create', { at: 'hang' }),
    });
    await until(() => store.held === 1, { what: 'the claim hangs' });
    await writer.revoke(5_000);
    expect(writer.state.name).toBe('released');
    await store.release();
    feed.produce(...events(5));
    partition.write();
    await partition.stored();
    expect([store.count('claim'), store.count('append')]).toEqual([1, 0]);
  });
});

describe('a loss', () => {
  test('writes nothing more and commits nothing, also of what was received', async () => {
    const { writer, store, feed } = await hanging();
    feed.produce(...events(50));
    await until(() => writer.bufferedBytes > 5_000, { what: 'more is received' });
    writer.lose();
    expect(await store.release()).toEqual([{ applied: true }]);
    expect([writer.state.name, feed.committed]).toEqual(['released', 0]);
    partition.write();
    await partition.stored();
    expect([store.count('claim'), store.count('append')]).toEqual([1, 1]);
    expect(await partition.verdict()).toEqual(CLEAN);
  });
});

describe('a fenced writer', () => {
  test('claims again only once Kafka was asked whether the partition is still its own', async () => {
    const { feed, store, metrics } = partition.write();
    feed.produce(...events(10));
    await partition.stored();
    feed.polling = false;
    const rival = partition.folder.newStore();
    const claim = partition.folder.newClaim();
    await rival.claim(claim);
    await rival.recoverLease(claim, 0, new AbortController().signal);
    rival.close();
    feed.produce(...events(10));
    await until(() => feed.asked.includes('polled'), { what: 'Kafka is asked' });
    expect([store.count('claim'), (await metrics.fenced.get()).values[0]?.value]).toEqual([1, 1]);
    feed.polling = true;
    await partition.stored();
    expect(store.count('claim')).toBe(2);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('and its rival, both believing to own the partition, store each record once', async () => {
    const others = new FakeFeed(partition.feed);
    const durable = (): number => Math.max(partition.feed.committed ?? 0, others.committed ?? 0);
    const first = partition.write();
    for (let round = 0; round < 20; round++) {
      partition.feed.produce(...events(10, round));
      if (round === 5) partition.write({}, others);
      await until(() => durable() === partition.feed.high, { what: `round ${round} is durable` });
    }
    first.writer.lose();
    partition.feed.produce(...events(10, 20));
    await until(() => others.committed === 210, { what: 'the one left has stored the rest' });
    expect(await partition.verdict()).toEqual(CLEAN);
  });
});
