import { beforeEach, describe, expect, inject, test } from 'vitest';
import { hourFolder, publishedPath } from '../../../sink/ledger/layout.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { until } from '../../support/until.ts';
import { eventAt, events, PAST_HOUR, WrittenPartition } from '../../support/writer/written-partition.ts';

const raw = new RawHdfs(inject('hdfsUrl'));
let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

describe('rolling', () => {
  const at = (hour: number, first: number, last: number) =>
    publishedPath(partition.folder.topic, 0, { first, last, hour });

  test('by the hour publishes each hour in its own folder, and never goes back', async () => {
    partition.write();
    partition.feed.produce(...events(5, 0), ...events(5, 60), eventAt(59, 'straggler'), ...events(5, 180));
    await partition.stored();
    await until(async () => (await partition.published()).length === 2, { what: 'two hours are published' });
    expect(await partition.published()).toEqual([at(PAST_HOUR, 0, 4), at(PAST_HOUR + 1, 5, 10)]);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('by bytes publishes segments that follow one another', async () => {
    partition.write({ limits: { rollBytes: 1_000 } });
    for (let round = 0; round < 5; round++) {
      partition.feed.produce(...events(20));
      await partition.stored();
    }
    await until(async () => (await partition.published()).length === 5, {
      what: 'five segments are published',
    });
    const firsts = [0, 20, 40, 60, 80];
    expect(await partition.published()).toEqual(firsts.map((first) => at(PAST_HOUR, first, first + 19)));
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('by age publishes a segment that nothing is added to any more', async () => {
    partition.write({ limits: { rollIntervalMs: 300 } });
    partition.feed.produce(...events(3));
    await until(async () => (await partition.published()).length === 1, { what: 'the segment is published' });
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('into a folder whose quota is used up leaves the segment where it is, and appends go on', async () => {
    const day = `${partition.folder.root}/${hourFolder(PAST_HOUR).split('/')[0]}`;
    await raw.ask('PUT', day, 'MKDIRS');
    await raw.ask('PUT', day, 'SETQUOTA', { namespacequota: '1' });
    const { store, writer } = partition.write({ limits: { rollBytes: 100 } });
    partition.feed.produce(...events(5));
    await until(() => store.count('publish') === 1, { what: 'the publish is tried' });
    partition.feed.produce(...events(5));
    await partition.stored();
    expect([await partition.published(), store.count('claim'), writer.state.name]).toEqual([
      [],
      1,
      'writing',
    ]);
    await raw.ask('PUT', day, 'SETQUOTA', { namespacequota: '1000' });
    await writer.revoke(5_000);
    partition.write({ limits: { rollBytes: 100 } });
    await until(async () => (await partition.published()).length === 2, { what: 'both are published' });
    expect(await partition.verdict()).toEqual(CLEAN);
  });
});
