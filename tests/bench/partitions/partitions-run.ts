import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';
import { residentBytes } from '../figures/resident-memory.ts';
import { timedLoad } from '../latency/timed-load.ts';

export interface PartitionsOptions {
  readonly brokers: string;
  readonly hdfsUrl: string;
  readonly partitions: number;
  /** 0 for a topic in which nothing happens. */
  readonly eventsPerSecond: number;
}

/** A sink that starts on a new topic with many partitions. */
export interface PartitionsRun {
  /** From the start of the process until it writes every partition. */
  readonly seconds: number;
  /** The slowest answer of `/livez`, ms. */
  readonly slowestAnswerMs: number;
  /** The answers of `/livez` other than 200. */
  readonly badAnswers: number;
  /** What supervisor and worker have resident once every partition is written. */
  readonly residentBytes: number;
}

export const MESSAGE_BYTES = 200;
const WITHIN_MS = 600_000;
/** The load goes on beyond the start of the sink. */
const LOAD_MS = 45_000;
const ASK_EVERY_MS = 200;

export async function measurePartitions(options: PartitionsOptions): Promise<PartitionsRun> {
  const { brokers, partitions, hdfsUrl } = options;
  const name = `partitions-${partitions}-${process.pid}-${Date.now()}`;
  await makeTopic({ brokers, topic: name, partitions });
  const load = startLoad(options, name);
  const begunMs = performance.now();
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: name,
    KAFKA_GROUP: name,
    HDFS_URL: hdfsUrl,
    HDFS_DIR: `/${name}`,
    LOG_LEVEL: 'warn',
  });
  try {
    const health = watchHealth(sink);
    const seconds = await untilWritten(sink, partitions, begunMs).finally(() => health.stop());
    const { slowestAnswerMs, badAnswers } = health;
    const resident = residentBytes([sink.pid, ...(await sink.workerPids())]);
    await load;
    await until(async () => (await lagOf(sink)) === 0, { what: 'no lag', withinMs: WITHIN_MS, everyMs: 500 });
    return { seconds, slowestAnswerMs, badAnswers, residentBytes: resident };
  } catch (error) {
    throw new Error(`the sink said: ${sink.logs().slice(-4_000)}`, { cause: error });
  } finally {
    await sink.stop();
  }
}

async function untilWritten(sink: SinkProcess, partitions: number, begunMs: number): Promise<number> {
  const written = async () => {
    const writing = await sink.perPartition('sink_partition_writing').catch(() => new Map<number, number>());
    return [...writing.values()].reduce((sum, value) => sum + value, 0) === partitions;
  };
  const what = `all of ${partitions} partitions are written`;
  await until(written, { what, withinMs: WITHIN_MS, everyMs: ASK_EVERY_MS });
  return (performance.now() - begunMs) / 1_000;
}

async function startLoad(options: PartitionsOptions, topic: string): Promise<void> {
  const { brokers, partitions, eventsPerSecond } = options;
  if (eventsPerSecond === 0) return;
  const load = { brokers, topic, partitions, eventsPerSecond, messageBytes: MESSAGE_BYTES };
  await timedLoad({ ...load, forMs: LOAD_MS });
}

async function lagOf(sink: SinkProcess): Promise<number> {
  const lag = await sink.perPartition('sink_lag_records');
  return [...lag.values()].reduce((sum, value) => sum + value, 0);
}

/** Asks for `/livez` again and again until it is stopped. */
function watchHealth(sink: SinkProcess) {
  const health = { slowestAnswerMs: 0, badAnswers: 0, stop: () => clearInterval(timer) };
  const ask = async (): Promise<void> => {
    const askedMs = performance.now();
    const status = await fetch(`${sink.url}/livez`).then(
      (response) => response.status,
      () => 0,
    );
    health.slowestAnswerMs = Math.max(health.slowestAnswerMs, performance.now() - askedMs);
    if (status !== 200) health.badAnswers += 1;
  };
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  return health;
}
