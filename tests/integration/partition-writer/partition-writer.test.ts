import { beforeEach, describe, expect, inject, test } from 'vitest';
import { CLEAN } from '../../support/judge/judge.ts';
import { until } from '../../support/until.ts';
import { eventAt, events, WrittenPartition } from '../../support/writer/written-partition.ts';

let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

describe('a writer', () => {
  test('stores each record once and in order, and reports what is durable', async () => {
    const { writer } = partition.write();
    for (let round = 0; round < 10; round++) partition.feed.produce(...events(50, round));
    await partition.stored();
    expect([writer.state.name, writer.durable]).toEqual(['writing', 500]);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('stores a single record within the flush interval', async () => {
    partition.write({ limits: { flushCount: 1_000_000, flushIntervalMs: 50 } });
    partition.feed.produce(...events(1));
    await partition.stored();
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('keeps poison records as lines of their own kind, in their places', async () => {
    const poison = [null, Buffer.from('no json'), Buffer.from([0xff]), Buffer.from('{}')];
    const { timestamp } = eventAt(0, 'any');
    const records = poison.map((value) => ({ value, timestamp }));
    partition.feed.produce(eventAt(0, 'before'), ...records, eventAt(0, 'after'));
    const { metrics, writer } = partition.write();
    await partition.stored();
    await writer.revoke(5_000);
    const [file] = await partition.files();
    const lines = file?.content.toString().trimEnd().split('\n') ?? [];
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'before', kafka_offset: 0 },
      { kafka_rejected: 'no value', kafka_value: null, kafka_offset: 1 },
      { kafka_rejected: 'not a JSON object', kafka_value: 'bm8ganNvbg==', kafka_offset: 2 },
      { kafka_rejected: 'not UTF-8', kafka_value: '/w==', kafka_offset: 3 },
      { kafka_partition: 0, kafka_offset: 4 },
      { id: 'after', kafka_offset: 5 },
    ]);
    expect((await metrics.rejected.get()).values).toMatchObject([{ value: 3 }]);
  });

  test('stores nothing twice where Kafka gives records again', async () => {
    const { feed, store } = partition.write();
    feed.produce(...events(20));
    await partition.stored();
    feed.goBack(5);
    await until(() => store.count('claim') === 2, { what: 'the partition is claimed again' });
    feed.produce(...events(20));
    await partition.stored();
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('pauses Kafka above the high mark and goes on below the low one', async () => {
    const { store, feed } = partition.write({ limits: { highBytes: 15_000, lowBytes: 5_000 } });
    store.failNext('append', { at: 'hang' });
    feed.produce(...events(1_000));
    await until(() => feed.paused && store.held === 1, { what: 'the partition is paused' });
    await store.release();
    await partition.stored();
    const [begin, ...marks] = feed.asked;
    expect(begin).toBe('start at 0');
    expect(marks.length).toBeGreaterThan(1);
    marks.forEach((mark, index) => {
      expect(mark).toBe(index % 2 === 0 ? 'pause' : 'resume');
    });
    expect(await partition.verdict()).toEqual(CLEAN);
  });
});
