import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { FakeFeed } from '../../support/fakes/fake-feed.ts';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { until } from '../../support/until.ts';
import { events, type RunningWriter, WrittenPartition } from '../../support/writer/written-partition.ts';

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

/** Stores records by a writer that has ended when this resolves. */
async function storedBefore(count: number): Promise<void> {
  partition.feed.produce(...events(count));
  const { writer } = partition.write();
  await partition.stored();
  await writer.revoke(5_000);
}

/** Writes a new segment of this name under the present claim, or under the first one. */
async function withSegment(
  first: number,
  write: (store: Store, claim: Claim) => Promise<void>,
): Promise<void> {
  const store = partition.folder.newStore();
  const claim = partition.folder.newClaim();
  await store.claim(claim);
  await store.create(claim, first);
  await write(store, claim);
  await store.finish(claim, first);
  store.close();
}

/** The lengths of the unfinished segments by name. */
async function lengths(): Promise<Readonly<Record<string, number>>> {
  const [token] = await raw.names(partition.folder.writers);
  const folder = `${partition.folder.writers}/${token}`;
  const names = (await raw.names(folder)).filter((name) => name.endsWith('.jsonl'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await raw.length(`${folder}/${name}`)])),
  );
}

describe('a new writer', () => {
  test('goes on after the last stored line', async () => {
    await storedBefore(30);
    const { feed } = partition.write();
    feed.produce(...events(30));
    await partition.stored();
    expect(feed.asked).toEqual(['start at 0', 'start at 29']);
    expect(await partition.verdict()).toEqual(CLEAN);
  });

  test('tells lag monitors what is durable already, though nothing is appended', async () => {
    await storedBefore(30);
    const { feed, store } = partition.write({}, new FakeFeed(partition.feed));
    await until(() => feed.committed === 30, { what: 'the offset is reported' });
    expect(store.count('append')).toBe(0);
  });

  test('cuts a torn last line and stores its record again', async () => {
    await storedBefore(30);
    const [token] = await raw.names(partition.folder.writers);
    await raw.append(partition.folder.segment({ partition: 0, token: token ?? '' }), '{"id":"torn","tim');
    partition.feed.produce(...events(10));
    const logged: string[] = [];
    partition.write({ log: pino({}, { write: (line) => logged.push(line) }) });
    await partition.stored();
    expect(await partition.verdict()).toEqual(CLEAN);
    expect(logged.join('')).toMatch(/"cutBytes":17.*cutting a torn last line/);
  });

  test('goes on after a line that an older version has stored otherwise', async () => {
    const { timestamp } = events(1)[0] ?? { timestamp: 0 };
    const twins = { value: Buffer.from('{"User":"x","user":"y"}'), timestamp };
    partition.feed.produce(twins);
    await withSegment(0, async (store, claim) => {
      const line = '{"User":"x","user":"y","kafka_partition":0,"kafka_offset":0}\n';
      await store.append(claim, 0, [Buffer.from(line)]);
    });
    partition.feed.produce(twins, ...events(5));
    const { writer } = partition.write();
    await partition.stored();
    expect([writer.state.name, partition.feed.asked]).toEqual(['writing', ['start at 0']]);
    expect(await partition.verdict()).toEqual(CLEAN);
    const [file] = await partition.files();
    const reasons = file?.content.toString().match(/"kafka_rejected":"[^"]*"/g);
    expect(reasons).toEqual(['"kafka_rejected":"has names that differ only by case"']);
  });

  test('goes on where the last writer ended with an empty segment', async () => {
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

  test('stops without a write where the topic was made anew, though every stored line is published', async () => {
    const rolling = { limits: { rollBytes: 1 } };
    partition.feed.produce(...events(5));
    const { writer } = partition.write(rolling);
    await until(async () => (await partition.published()).length === 1, { what: 'the segment is published' });
    await writer.revoke(5_000);
    const anew = new FakeFeed();
    anew.id = 'cd02';
    anew.produce(...events(40, 7));
    const running = partition.write(rolling, anew);
    expect(await stopped(running)).toMatch(/\(id cd02\) is not the one that was stored so far \(id ab01\)/);
    expect([running.store.count('append'), anew.asked]).toEqual([0, []]);
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

describe('where another program has written into the ledger, a writer stops and changes nothing:', () => {
  test.each<[string, number, Buffer, RegExp]>([
    ['random bytes are the newest segment', 30, randomBytes(1_000_000), /segment 30/],
    [
      'random bytes behind a line feed',
      30,
      Buffer.concat([Buffer.from('\n'), randomBytes(99)]),
      /segment 30/,
    ],
    ['a text without a line feed', 30, Buffer.from('id,name'), /segment 30 .* no beginning of a line/],
    ['an object of somebody else', 30, Buffer.from('{"a":1}'), /segment 30 .* no beginning of a line/],
    ['lines of somebody else', 30, Buffer.from('{"a":1}\n{"a'), /last line of segment 30 is none/],
    ['its name contradicts the lines before', 31, Buffer.from('{"torn'), /the next one is called 31/],
  ])('%s', async (_, first, content, reason) => {
    await storedBefore(30);
    await withSegment(first, (store, claim) => store.append(claim, first, [content]));
    const before = await lengths();
    const running = partition.write();
    expect(await stopped(running)).toMatch(reason);
    expect(running.store.count('truncate')).toBe(0);
    expect(await lengths()).toEqual(before);
  });

  test('random bytes are in the place of its own segment', async () => {
    await storedBefore(30);
    const [token = ''] = await raw.names(partition.folder.writers);
    await raw.ask('DELETE', partition.folder.segment({ partition: 0, token }), 'DELETE');
    await withSegment(0, (store, claim) => store.append(claim, 0, [randomBytes(1_000_000)]));
    const running = partition.write();
    await stopped(running);
    expect(running.store.count('truncate')).toBe(0);
    expect(Object.values(await lengths())).toEqual([1_000_000]);
  });
});

describe('where Kafka dropped records before they were stored, a writer', () => {
  beforeEach(async () => {
    await storedBefore(10);
    partition.feed.produce(...events(20));
    partition.feed.low = 15;
  });

  test('set to continue counts them and goes on with the first record that Kafka has', async () => {
    const { metrics, writer } = partition.write({ onGap: 'continue' });
    await partition.stored();
    expect((await metrics.skippedOffsets.get()).values).toMatchObject([{ value: 5 }]);
    expect([partition.feed.asked.at(-1), writer.state.name]).toEqual(['start at 15', 'writing']);
    const lost = [10, 11, 12, 13, 14].map((offset) => `partition 0 offset ${offset}`);
    expect(await partition.verdict()).toEqual({ ...CLEAN, lost });
  });

  test('set to stop stops and names the dropped offsets', async () => {
    const running = partition.write({ onGap: 'stop' });
    expect(await stopped(running)).toMatch(/offsets 10 to 14/);
    expect(running.store.count('append')).toBe(0);
  });
});

describe('a running writer that is told to stop at a gap', () => {
  test('stops before it writes any record from beyond the gap', async () => {
    partition.feed.produce(...events(10));
    const running = partition.write({ onGap: 'stop' });
    await partition.stored();
    const appends = running.store.count('append');
    partition.feed.produce(...events(10));
    partition.feed.low = 15;
    expect(await stopped(running)).toMatch(/dropped offsets 10 to 14 before they were stored/);
    expect(running.store.count('append')).toBe(appends);
  });
});
