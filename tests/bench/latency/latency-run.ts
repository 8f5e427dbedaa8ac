import { setTimeout as delay } from 'node:timers/promises';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { appendsIn } from '../../support/hdfs/logged-append.ts';
import { startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';
import { eventOf } from '../cluster/backlog.ts';
import type { BareAppender } from '../reference/bare-appender.ts';
import { BareFlusher } from '../reference/bare-flusher.ts';
import { BareWebAppender } from '../reference/bare-web-appender.ts';
import { type Acks, type Latency, latencies } from './acked-to-durable.ts';
import { timedLoad } from './timed-load.ts';

export interface LatencyOptions {
  readonly brokers: string;
  readonly hdfsUrl: string;
  readonly partitions: number;
  /** Settings of the sink, besides the addresses of Kafka and HDFS. */
  readonly settings: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly roundMs: number;
}

/** One round: bare appends on the idle cluster, then the load with a few bare appends beside it. */
export interface LatencyRound {
  readonly idleAppendsMs: readonly number[];
  readonly besideAppendsMs: readonly number[];
  readonly latencies: readonly Latency[];
  /** How long the sink's own appends took. */
  readonly sinkAppendsMs: readonly number[];
}

interface Stage {
  readonly options: LatencyOptions;
  readonly topic: string;
  readonly bare: BareAppender;
  readonly log: () => string;
}

export const EVENTS_PER_SECOND = 200;
export const MESSAGE_BYTES = 200;
const IDLE_MS = 4_000;
/** Bare appends this far apart hardly disturb the sink. */
const BESIDE_EVERY_MS = 500;
/** In a young JVM an append takes twice as long. */
const WARM_UP_MS = 20_000;

/**
 * Measures in rounds how long events of a steady load take from acked to durable. It has a sink of
 * its own.
 */
export async function measureLatency(options: LatencyOptions): Promise<LatencyRound[]> {
  const name = `latency-${process.pid}-${Date.now()}`;
  await makeTopic({ brokers: options.brokers, topic: name, partitions: options.partitions });
  const sink = await startSink({
    KAFKA_BROKERS: options.brokers,
    KAFKA_TOPIC: name,
    KAFKA_GROUP: name,
    HDFS_URL: options.hdfsUrl,
    HDFS_DIR: `/${name}`,
    LOG_LEVEL: 'debug',
    ...options.settings,
  });
  const bare = bareAppender(options.hdfsUrl, `/${name}/bare`);
  try {
    await sink.ready();
    await bare.create();
    const stage = { options, topic: name, bare, log: sink.logs };
    await measureRound(stage, WARM_UP_MS);
    const rounds: LatencyRound[] = [];
    for (let round = 0; round < options.rounds; round++) {
      rounds.push(await measureRound(stage, options.roundMs));
    }
    return rounds;
  } finally {
    bare.close();
    await sink.stop();
  }
}

/** @param hdfsUrl of the NameNode, in either protocol */
function bareAppender(hdfsUrl: string, path: string): BareAppender {
  const Appender = hdfsUrl.startsWith('hdfs:') ? BareFlusher : BareWebAppender;
  return new Appender(hdfsUrl, path, eventOf(MESSAGE_BYTES));
}

async function measureRound({ options, topic, bare, log }: Stage, forMs: number): Promise<LatencyRound> {
  const idleAppendsMs = await appendFor(IDLE_MS, bare);
  const known = log().length;
  const { brokers, partitions } = options;
  const load = timedLoad({
    brokers,
    topic,
    partitions,
    eventsPerSecond: EVENTS_PER_SECOND,
    messageBytes: MESSAGE_BYTES,
    forMs,
  });
  const besideAppendsMs = await appendWhile(load, bare);
  const acks = await load;
  const measured = await until(() => allDurable(acks, log().slice(known)), {
    what: 'all acked events are durable',
    everyMs: 200,
  });
  return { idleAppendsMs, besideAppendsMs, ...measured };
}

async function appendFor(forMs: number, bare: BareAppender): Promise<number[]> {
  const tookMs: number[] = [];
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) tookMs.push(await bare.append());
  return tookMs;
}

async function appendWhile(load: Promise<unknown>, bare: BareAppender): Promise<number[]> {
  const tookMs: number[] = [];
  let loaded = false;
  const over = load.finally(() => {
    loaded = true;
  });
  while (!loaded) {
    await Promise.race([over, delay(BESIDE_EVERY_MS)]);
    if (!loaded) tookMs.push(await bare.append());
  }
  return tookMs;
}

function allDurable(acks: Acks, log: string) {
  const appends = appendsIn(log);
  const acked = [...acks.values()].reduce((sum, { size }) => sum + size, 0);
  const carried = appends.reduce((sum, { count }) => sum + count, 0);
  if (carried < acked) return false;
  return { latencies: latencies(acks, appends), sinkAppendsMs: appends.map(({ tookMs }) => tookMs) };
}
