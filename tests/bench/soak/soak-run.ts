import { setTimeout as delay } from 'node:timers/promises';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { readMetric, type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { HdfsProxy } from '../../support/proxy/hdfs-proxy.ts';
import { until } from '../../support/until.ts';
import { type MemorySample, residentBytes } from '../figures/resident-memory.ts';

export interface SoakOptions {
  readonly brokers: string;
  readonly hdfsUrl: string;
  readonly forMs: number;
}

export interface Soak {
  readonly samples: readonly MemorySample[];
  readonly acked: number;
  readonly appends: number;
  readonly meanAppendSeconds: number;
  /** The most that was read but not durable in any sample. */
  readonly mostBufferedBytes: number;
}

export const SLOW_APPEND_MS = 2_000;
export const SOAK_PARTITIONS = 3;
/**
 * A wave is more than the smallest buffers take, so the sink pauses partitions. In the calm after
 * the wave the sink catches up.
 */
export const WAVE_EVENTS_PER_SECOND = 3_000;
export const WAVE_MS = 20_000;
export const SOAK_BUFFER_BYTES = 1_048_576;
const SAMPLE_EVERY_MS = 5_000;
const SAY_EVERY_SAMPLES = 12;
const DRAINED_WITHIN_MS = 300_000;

/**
 * Keeps a sink under load behind a DataNode that answers every append late. Samples the sink's
 * memory all the while.
 */
export async function soak(options: SoakOptions): Promise<Soak> {
  const { brokers, hdfsUrl } = options;
  const name = `soak-${process.pid}-${Date.now()}`;
  await makeTopic({ brokers, topic: name, partitions: SOAK_PARTITIONS });
  const proxy = await HdfsProxy.start(hdfsUrl);
  proxy.rule({ op: 'APPEND' }, { kind: 'delay', ms: SLOW_APPEND_MS });
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: name,
    KAFKA_GROUP: name,
    HDFS_URL: proxy.url,
    HDFS_DIR: `/${name}`,
    BUFFER_BYTES: String(SOAK_BUFFER_BYTES),
    LOG_LEVEL: 'warn',
  });
  try {
    await sink.ready();
    return await underLoad(sink, name, options);
  } catch (error) {
    throw new Error(`the sink said: ${sink.logs().slice(-4_000)}`, { cause: error });
  } finally {
    await sink.stop();
    await proxy.close();
  }
}

async function underLoad(sink: SinkProcess, topic: string, options: SoakOptions): Promise<Soak> {
  const workers = await sink.workerPids();
  const sampling = new AbortController();
  const sampled = sample([sink.pid, ...workers], sink.url, sampling.signal);
  const acked = await waves(topic, options).finally(() => sampling.abort());
  const { samples, mostBufferedBytes } = await sampled;
  await until(async () => (await readMetric(sink.url, 'sink_durable_offset')) === acked, {
    what: 'all acked events are durable',
    withinMs: DRAINED_WITHIN_MS,
    everyMs: 500,
  });
  if (String(await sink.workerPids()) !== String(workers))
    throw new Error('a worker was restarted, so its memory began anew');
  const appends = await readMetric(sink.url, 'sink_append_seconds_count');
  const meanAppendSeconds = (await readMetric(sink.url, 'sink_append_seconds_sum')) / appends;
  return { samples, mostBufferedBytes, acked, appends, meanAppendSeconds };
}

/** Resolves with the number of acked events. */
async function waves(topic: string, { brokers, forMs }: SoakOptions): Promise<number> {
  const endMs = performance.now() + forMs;
  let acked = 0;
  while (performance.now() < endMs) {
    const load = await startLoad({ brokers, topic, eventsPerSecond: WAVE_EVENTS_PER_SECOND });
    await delay(WAVE_MS);
    await load.stop();
    acked += load.acked;
    await delay(WAVE_MS);
  }
  return acked;
}

async function sample(pids: readonly number[], url: string, signal: AbortSignal) {
  const samples: MemorySample[] = [];
  let mostBufferedBytes = 0;
  const begunMs = performance.now();
  while (!signal.aborted) {
    samples.push({ atMs: performance.now() - begunMs, bytes: residentBytes(pids) });
    mostBufferedBytes = Math.max(mostBufferedBytes, await readMetric(url, 'sink_buffered_bytes'));
    if (samples.length % SAY_EVERY_SAMPLES === 0) say(samples);
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return { samples, mostBufferedBytes };
}

function say(samples: readonly MemorySample[]): void {
  const { atMs, bytes } = samples.at(-1) ?? { atMs: 0, bytes: 0 };
  console.log(`soak: ${(bytes / 1e6).toFixed(0)} MB after ${(atMs / 60_000).toFixed(0)} minutes`);
}
