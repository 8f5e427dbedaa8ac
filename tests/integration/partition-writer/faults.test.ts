import { beforeEach, describe, expect, inject, test } from 'vitest';
import { StoreError } from '../../../sink/ledger/errors.ts';
import type { Fault, StoreMethod } from '../../support/fakes/failing-store.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { until } from '../../support/until.ts';
import { events, WrittenPartition } from '../../support/writer/written-partition.ts';

let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

test('an append applied after its writer claimed again changes nothing', async () => {
  const { store, feed } = partition.write();
  store.failNext('append', { at: 'late' });
  feed.produce(...events(20));
  await partition.stored();
  expect(store.count('claim')).toBe(2);
  const before = await partition.files();
  expect(await store.release()).toMatchObject([{ applied: false, error: { kind: 'fenced' } }]);
  expect(await partition.files()).toEqual(before);
  expect(await partition.verdict()).toEqual(CLEAN);
});

describe('every record is stored once, by a second claim, where', () => {
  const cases: readonly [StoreMethod, Fault['at']][] = [
    ['append', 'before'],
    ['append', 'after'],
    ['append', 'half'],
    ['create', 'before'],
    ['create', 'after'],
    ['create', 'late'],
    ['publish', 'before'],
    ['publish', 'after'],
    ['publish', 'late'],
  ];
  test.each(cases)('a running %s fails (%s)', async (method, at) => {
    const { store, feed, writer } = partition.write({ limits: { rollBytes: 500 } });
    await until(() => writer.state.name === 'writing', { what: 'the partition is claimed' });
    store.failNext(method, { at });
    feed.produce(...events(20));
    await until(() => store.count('claim') === 2, { what: 'the partition is claimed again' });
    feed.produce(...events(20));
    await partition.stored();
    await store.release();
    feed.produce(...events(20));
    await partition.stored();
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  const firsts: readonly [StoreMethod, Fault['at']][] = [
    ['claim', 'before'],
    ['claim', 'after'],
    ['segments', 'before'],
    ['create', 'before'],
    ['create', 'after'],
    ['create', 'late'],
  ];
  test.each(firsts)('the very first %s fails (%s)', async (method, at) => {
    const { store, feed } = partition.write({ prepare: (planned) => planned.failNext(method, { at }) });
    feed.produce(...events(20));
    await partition.stored();
    await store.release();
    expect(store.count('claim')).toBe(2);
    expect(await partition.verdict()).toEqual(CLEAN);
  });
});

test('a published name that is taken stops the partition', async () => {
  const { store, feed, writer } = partition.write({ limits: { rollBytes: 1 } });
  store.failNext('publish', { at: 'before', error: new StoreError('exists', 'Injected', 'taken') });
  feed.produce(...events(5));
  await until(() => writer.state.name === 'stopped', { what: 'the writer stops' });
  expect(writer.state).toMatchObject({ reason: expect.stringContaining('published already') });
});
