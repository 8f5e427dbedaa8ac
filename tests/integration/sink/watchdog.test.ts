import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { judgeWhenSettled } from '../../support/stage/settled.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
/** A busy machine takes seconds to start a worker, which is silent until then. */
const WORKER_TIMEOUT_MS = '6000';

const running: SinkProcess[] = [];
const left: number[] = [];
afterEach(async () => {
  // First, because an orphan holds the output of its supervisor open.
  for (const pid of left.splice(0).filter(exists)) process.kill(pid, 'SIGKILL');
  await Promise.all(running.splice(0).map((sink) => sink.stop()));
});

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The child processes; undefined while there are none. */
function childrenOf(pid: number): number[] | undefined {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return pids[0] === '' ? undefined : pids.map(Number);
}

/** Starts a sink with one worker. Resolves when the sink writes. */
async function start(
  topic: string,
  env: Record<string, string>,
): Promise<{ sink: SinkProcess; pid: number }> {
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP: topic,
    KAFKA_INSTANCE_ID: 'one',
    HDFS_URL: sinkUrl(),
    NODE_OPTIONS: `--import=${join(root, 'tests/support/process/hang-on-signal.mjs')}`,
    ...env,
  });
  running.push(sink);
  await sink.writes(20_000);
  const [pid = Number.NaN] = await sink.workerPids();
  left.push(pid);
  return { sink, pid };
}

describe.each([
  ['whose main thread is blocked for ever', 'thread', 'silent'],
  ['that no longer polls Kafka', 'poll', 'standstill'],
])('a worker %s', (_, hang, reason) => {
  it('is reported, killed and started again; nothing is lost', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 200 });
    const { sink, pid } = await start(topic, { WORKER_TIMEOUT_MS, HANG_ON_SIGNAL: hang });
    process.kill(pid, 'SIGUSR2');
    const unwell = async () => (await fetch(`${sink.url}/livez`)).status === 503;
    await until(unwell, { what: '/livez says so', withinMs: 20_000 });
    await until(() => !exists(pid), { what: 'the worker is gone' });
    await sink.ready();
    expect(await (await fetch(`${sink.url}/metrics`)).text()).toContain(
      `sink_worker_restarts_total{reason="${reason}"} 1`,
    );
    await load.stop();
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(load.acked);
  });
});

describe('a worker whose supervisor is killed', () => {
  const DRAIN_TIMEOUT_MS = '0';

  it('ends though its main thread is blocked for ever', async () => {
    const topic = await createTopic(brokers, { partitions: 1 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 50 });
    const { sink, pid } = await start(topic, { DRAIN_TIMEOUT_MS, HANG_ON_SIGNAL: 'thread' });
    await load.stop();
    process.kill(pid, 'SIGUSR2');
    sink.signal('SIGKILL');
    await until(() => !exists(pid), { what: 'the worker is gone', withinMs: 20_000 });
  });

  it('ends though it was only starting then, and never heard of it', async () => {
    const topic = await createTopic(brokers, { partitions: 1 });
    const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: sinkUrl() };
    for (const bootedForMs of [0, 50, 100, 200, 400]) {
      const sink = await startSink({ ...settings, DRAIN_TIMEOUT_MS });
      running.push(sink);
      const pids = await until(() => childrenOf(sink.pid), { what: 'a worker is forked' });
      left.push(...pids);
      await delay(bootedForMs);
      sink.signal('SIGKILL');
      await until(() => !pids.some(exists), { what: `the worker is gone, ${bootedForMs} ms old` });
    }
  });

  it('drains and ends by itself', async () => {
    const topic = await createTopic(brokers, { partitions: 1 });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 50 });
    const { sink, pid } = await start(topic, { HANG_ON_SIGNAL: 'thread' });
    await load.stop();
    sink.signal('SIGKILL');
    await until(() => !exists(pid), { what: 'the worker is gone', withinMs: 20_000 });
    expect(sink.logs()).toContain('worker drained');
  });
});
