import { expect } from 'vitest';
import { readMetric, type SinkProcess } from '../../support/process/sink-process.ts';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';
import type { Stage } from '../../support/stage/stage.ts';
import { until } from '../../support/until.ts';

const PARTITIONS = 8;
const MEMBERS = 4;
const TIMES = inShort(1, 2);
const options = {
  over: EITHER,
  withinMs: 60_000 + TIMES * 120_000,
  partitions: PARTITIONS,
  eventsPerSecond: 400,
};

async function writing(sink: SinkProcess): Promise<number> {
  return readMetric(sink.url, 'sink_partition_writing');
}

/** Whether every partition has a writer, and every member has partitions. */
async function settled(sinks: readonly SinkProcess[]): Promise<boolean> {
  const counts = await Promise.all(sinks.map(writing));
  return counts.every((count) => count > 0) && counts.reduce((sum, count) => sum + count) === PARTITIONS;
}

type Claims = ReadonlyMap<SinkProcess, ReadonlyMap<number, number>>;

/** The number of claims by each sink, of each partition that it writes now. */
async function claimsOf(sinks: readonly SinkProcess[]): Promise<Claims> {
  const entries = sinks.map(async (sink) => {
    const claims = await sink.perPartition('sink_claims_total');
    const writing = await sink.perPartition('sink_partition_writing');
    return [sink, new Map([...claims].filter(([partition]) => writing.get(partition) === 1))] as const;
  });
  return new Map(await Promise.all(entries));
}

/** A partition that stays with its sink must not be claimed again. */
function expectOthersUndisturbed(before: Claims, now: Claims): void {
  for (const [sink, claims] of before) {
    for (const [partition, count] of claims) {
      const after = now.get(sink)?.get(partition);
      if (after !== undefined) expect(after, `claims of partition ${partition}`).toBe(count);
    }
  }
}

/**
 * Notes how long a partition had no append. For a partition that moved, that is the pause of each
 * move. For a partition that stayed, it is the longest pause.
 */
function notePauses(stage: Stage, sinceMs: number): void {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const appends = stage
      .appends()
      .filter((append) => append.partition === partition && append.atMs >= sinceMs);
    const pauses = appends.slice(1).map((append, index) => {
      const before = appends[index] ?? append;
      return { ms: append.atMs - before.atMs, moved: append.sink !== before.sink };
    });
    for (const { ms } of pauses.filter(({ moved }) => moved)) stage.note('pause of a moved partition', ms);
    if (pauses.some(({ moved }) => moved)) continue;
    stage.note('longest pause of one that stayed', Math.max(0, ...pauses.map(({ ms }) => ms)));
  }
}

for (const kind of ['dynamic', 'static'] as const) {
  disaster(`${kind} members come and go, one to four to one`, options, async (stage) => {
    const start = (index: number) =>
      stage.startSink({
        LOG_LEVEL: 'debug',
        ...(kind === 'static'
          ? { KAFKA_INSTANCE_ID: `member-${index}`, KAFKA_SESSION_TIMEOUT_MS: '3000' }
          : {}),
      });
    const first = await start(0);
    await stage.begins();
    for (let time = 0; time < TIMES; time++) {
      const all = [first];
      for (let index = 1; index < MEMBERS; index++) {
        const sinceMs = Date.now();
        const before = await claimsOf(all);
        all.push(await start(index));
        stage.count('member joins');
        await until(() => settled(all), { what: 'the partitions are spread', withinMs: 30_000 });
        expectOthersUndisturbed(before, await claimsOf(all));
        await stage.recovers();
        notePauses(stage, sinceMs);
      }
      while (all.length > 1) {
        expect(await all.pop()?.stop()).toEqual({ code: 0, signal: null });
        stage.count('member leaves');
        await until(() => settled(all), { what: 'the partitions are spread again', withinMs: 30_000 });
        await stage.recovers();
      }
    }
    await stage.judge();
  });
}

disaster(
  'a static member is stopped and started again',
  { over: EITHER, withinMs: 90_000 },
  async (stage) => {
    const steady = await stage.startSink({ KAFKA_INSTANCE_ID: 'steady' });
    const restarted = await stage.startSink({ KAFKA_INSTANCE_ID: 'restarted' });
    const both = [steady, restarted];
    const spread = async () => (await Promise.all(both.map(writing))).every((count) => count > 0);
    await until(spread, { what: 'both have partitions', withinMs: 20_000 });
    const before = await readMetric(steady.url, 'sink_rebalances_total');
    expect(await restarted.stop()).toEqual({ code: 0, signal: null });
    stage.count('restart');
    const since = await stage.mark();
    await stage.startSink({ KAFKA_INSTANCE_ID: 'restarted' });
    await stage.recovers({ since, as: 'restart of a static member' });
    expect(await readMetric(steady.url, 'sink_rebalances_total')).toBe(before);
    await stage.judge();
  },
);
