import { beforeEach, describe, expect, inject, test } from 'vitest';
import { hourFolder } from '../../sink/segment.ts';
import { FakeFeed } from '../support/fake-feed.ts';
import { RawHdfs } from '../support/hdfs-raw.ts';
import { CLEAN } from '../support/judge.ts';
import { until } from '../support/until.ts';
import {
  eventAt,
  events,
  PAST_HOUR,
  type RunningWriter,
  WrittenPartition,
} from '../support/written-partition.ts';

const raw = new RawHdfs(inject('hdfsUrl'));
let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

const stopped = async ({ writer }: RunningWriter): Promise<string> =>
  until(() => (writer.state.name === 'stopped' ? writer.state.reason : undefined), {
    what: 'the writer stops',
  });

/** Stores the records by a writer that is gone when this resolves. */
async function storedBefore(count: number): Promise<void> {
  partition.feed.produce(...events(count));
  const { writer } = partition.write();
  await partition.stored();
  await writer.revoke(5_000);
}

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
    const { metrics } = partition.write();
    await partition.stored();
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

describe('rolling', () => {
  const at = (hour: number, first: number, last: number) => {
    const padded = [first, last].map((offset) => String(offset).padStart(20, '0'));
    return `${hourFolder(hour)}/${partition.folder.topic}-0-${padded.join('-')}.jsonl`;
  };

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

describe('a new writer', () => {
  test('goes on after the last stored line', async () => {
    await storedBefore(30);
    const { feed } = partition.write();
    feed.produce(...events(30));
    await partition.stored();
    expect(feed.asked).toEqual(['start at 0', 'start at 29']);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('cuts a torn last line and stores its record again', async () => {
    await storedBefore(30);
    const [token] = await raw.names(partition.folder.writers);
    await raw.append(partition.folder.segment({ partition: 0, token: token ?? '' }), '{"id":"torn","tim');
    partition.feed.produce(...events(10));
    partition.write();
    await partition.stored();
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('goes on where the last one ended with an empty segment', async () => {
    const rolling = { limits: { rollBytes: 1 } };
    partition.feed.produce(...events(5));
    const { writer } = partition.write(rolling);
    await until(async () => (await partition.published()).length === 1, { what: 'the segment is published' });
    await writer.revoke(5_000);
    partition.feed.produce(...events(5));
    partition.write(rolling);
    await partition.stored();
    expect(partition.feed.asked).toEqual(['start at 0', 'start at 5']);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('stops without a write where the topic was made anew with as many records', async () => {
    await storedBefore(30);
    const anew = new FakeFeed();
    anew.produce(...events(40, 7));
    const running = partition.write({}, anew);
    expect(await stopped(running)).toMatch(/offset 29 .* made anew/);
    expect(running.store.count('append')).toBe(0);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('stops without a write where the topic is shorter than what is stored', async () => {
    await storedBefore(30);
    const anew = new FakeFeed();
    anew.produce(...events(5));
    const running = partition.write({}, anew);
    expect(await stopped(running)).toMatch(/before offset 30, but the topic ends at 5: it was made anew/);
    expect([running.store.count('append'), anew.asked]).toEqual([0, []]);
  });

  test('stops where a segment is missing', async () => {
    await storedBefore(30);
    const [token] = await raw.names(partition.folder.writers);
    const claim = { partition: 0, token: token ?? '' };
    const store = partition.folder.newStore();
    await store.create(claim, 31);
    store.close();
    const running = partition.write();
    expect(await stopped(running)).toMatch(/ends with offset 29, but the next one is called 31/);
    expect([running.store.count('append'), running.store.count('publish')]).toEqual([0, 0]);
  });
});

describe('where Kafka dropped records before they were stored, a writer', () => {
  beforeEach(async () => {
    await storedBefore(10);
    partition.feed.produce(...events(20));
    partition.feed.low = 15;
  });

  test('set to continue counts them and goes on with the first there is', async () => {
    const { metrics, writer } = partition.write({ onGap: 'continue' });
    await partition.stored();
    expect((await metrics.skippedOffsets.get()).values).toMatchObject([{ value: 5 }]);
    expect([partition.feed.asked.at(-1), writer.state.name]).toEqual(['start at 15', 'writing']);
    const lost = [10, 11, 12, 13, 14].map((offset) => `partition 0 offset ${offset}`);
    expect(await partition.verdict()).toEqual({ ...CLEAN, lost });
  });

  test('set to stop stops and says which', async () => {
    const running = partition.write({ onGap: 'stop' });
    expect(await stopped(running)).toMatch(/offsets 10 to 14/);
    expect(running.store.count('append')).toBe(0);
  });
});
