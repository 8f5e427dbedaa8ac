import { afterEach, describe, expect, inject, it } from 'vitest';
import { CLEAN } from '../support/judge.ts';
import { startLoad } from '../support/load.ts';
import { judgeWhenSettled } from '../support/settled.ts';
import { readMetric, type SinkProcess, startSink } from '../support/sink-process.ts';
import { createTopic } from '../support/topic.ts';
import { until } from '../support/until.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
/** The promise: from the start of its successor to the first durable line. */
const WRITES_AGAIN_WITHIN_MS = 10_000;

/** How often each sink is killed: a few in `npm test`, more in `npm run test:chaos`. */
const KILLS = Number(process.env['CHAOS_KILLS'] ?? 5);
const KILL_TAKES_MS = 30_000;

const running: SinkProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sink) => sink.stop()));
});

async function start(topic: string, env: Record<string, string> = {}): Promise<SinkProcess> {
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: url };
  // Small segments, so that rolls and publishes are under way whenever the axe falls.
  const sink = await startSink({ ...settings, ROLL_BYTES: '100000', ...env });
  running.push(sink);
  return sink;
}

describe('under 500 events a second', () => {
  it(
    'a sink killed again and again writes within 10 s of each restart, each offset once',
    async () => {
      const topic = await createTopic(brokers, { partitions: 3 });
      const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
      let sink = await start(topic);
      for (let kill = 0; kill < KILLS; kill++) {
        await until(async () => (await sink.lines()) > 300, { what: 'some hundred lines' });
        await sink.killAll();
        const restartedAtMs = performance.now();
        sink = await start(topic);
        await sink.writes(2 * WRITES_AGAIN_WITHIN_MS);
        expect(performance.now() - restartedAtMs).toBeLessThan(WRITES_AGAIN_WITHIN_MS);
      }
      await load.stop();
      const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
      expect(verdict).toEqual(CLEAN);
      expect(records).toBe(load.acked);
      expect(await sink.stop()).toEqual({ code: 0, signal: null });
    },
    KILL_TAKES_MS * (KILLS + 1),
  );

  it(
    'a sink killed again and again as a static member loses and doubles nothing',
    async () => {
      const topic = await createTopic(brokers, { partitions: 3 });
      const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
      for (let kill = 0; kill < KILLS; kill++) {
        const sink = await start(topic, { KAFKA_INSTANCE_ID: 'one' });
        await sink.writes(WRITES_AGAIN_WITHIN_MS);
        await sink.killAll();
      }
      await start(topic, { KAFKA_INSTANCE_ID: 'one' });
      await load.stop();
      const { verdict } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
      expect(verdict).toEqual(CLEAN);
    },
    KILL_TAKES_MS * (KILLS + 1),
  );

  it('a worker that is killed is started again, and goes on where HDFS ends', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
    const sink = await start(topic, { KAFKA_INSTANCE_ID: 'one' });
    await sink.writes(WRITES_AGAIN_WITHIN_MS);
    const [pid = Number.NaN] = await sink.workerPids();
    process.kill(pid, 'SIGKILL');
    const restarted = async () => (await sink.workerPids()).some((other) => other !== pid);
    await until(restarted, { what: 'another worker runs' });
    await sink.ready();
    await load.stop();
    const { verdict } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
  }, 60_000);

  it('members that join and leave lose, double and reorder nothing', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
    const first = await start(topic);
    await first.writes(WRITES_AGAIN_WITHIN_MS);
    const second = await start(topic, { SINK_WORKERS: '2' });
    await second.writes(20_000);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    const third = await start(topic);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    await third.writes(20_000);
    await load.stop();
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(load.acked);
  }, 120_000);

  it('a static member that is stopped and started again disturbs nobody', async () => {
    const topic = await createTopic(brokers, { partitions: 4 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
    const steady = await start(topic, { KAFKA_INSTANCE_ID: 'steady' });
    const restarted = await start(topic, { KAFKA_INSTANCE_ID: 'restarted' });
    await Promise.all([steady.writes(20_000), restarted.writes(20_000)]);
    const before = await readMetric(steady.url, 'sink_rebalances_total');
    expect(await restarted.stop()).toEqual({ code: 0, signal: null });
    const again = await start(topic, { KAFKA_INSTANCE_ID: 'restarted' });
    await again.writes(20_000);
    expect(await readMetric(steady.url, 'sink_rebalances_total')).toBe(before);
    await load.stop();
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(load.acked);
  }, 60_000);

  it('a worker that sleeps past its session is fenced by the new owner, and comes back cleanly', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 500 });
    const sleeper = await start(topic, { KAFKA_SESSION_TIMEOUT_MS: '6000' });
    await sleeper.writes(20_000);
    const pids = await sleeper.workerPids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const owner = await start(topic);
    await owner.writes(20_000);
    const before = await owner.lines();
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await until(async () => (await owner.lines()) > before + 500, { what: 'the new owner goes on' });
    const rejoined = async () => (await readMetric(sleeper.url, 'sink_partition_writing')) > 0;
    await until(rejoined, { what: 'the sleeper has partitions again', withinMs: 30_000 });
    await load.stop();
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(load.acked);
    expect(await sleeper.workerPids()).toEqual(pids);
  }, 90_000);
});
