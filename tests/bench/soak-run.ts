import { setTimeout as delay } from 'node:timers/promises';
import { makeTopic } from '../../infra/local/topic.ts';
import { HdfsProxy } from '../support/hdfs-proxy.ts';
import { startLoad } from '../support/load.ts';
import { readMetric, type SinkProcess, startSink } from '../support/sink-process.ts';
import { until } from '../support/until.ts';
import { type MemorySample, residentBytes } from './resident-memory.ts';

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
  /** Largest of what was read but not durable, as seen in the samples. */
  readonly mostBufferedBytes: number;
}

export const SLOW_APPEND_MS = 2_000;
export const SOAK_PARTITIONS = 3;
/** More than the smallest buffers take: partitions are paused and resumed all the time. */
export const SOAK_EVENTS_PER_SECOND = 2_000;
export const SOAK_BUFFER_BYTES = 1_048_576;
const SAMPLE_EVERY_MS = 5_000;
const DRAINED_WITHIN_MS = 300_000;

/** Keeps a sink under load behind a DataNode that answers every append late, and looks at its memory all the while. */
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
  } finally {
    await sink.stop();
    await proxy.close();
  }
}

async function underLoad(sink: SinkProcess, topic: string, options: SoakOptions): Promise<Soak> {
  const load = await startLoad({
    brokers: options.brokers,
    topic,
    eventsPerSecond: SOAK_EVENTS_PER_SECOND,
  });
  const sampled = await sample(sink, options.forMs).finally(() => load.stop());
  await until(async () => (await sink.lines()) === load.acked, {
    what: 'all acked events are durable, each once',
    withinMs: DRAINED_WITHIN_MS,
    everyMs: 500,
  });
  const appends = await readMetric(sink.url, 'sink_append_seconds_count');
  const meanAppendSeconds = (await readMetric(sink.url, 'sink_append_seconds_sum')) / appends;
  return { ...sampled, acked: load.acked, appends, meanAppendSeconds };
}

async function sample(sink: SinkProcess, forMs: number) {
  const pids = [sink.pid, ...(await sink.workerPids())];
  const samples: MemorySample[] = [];
  let mostBufferedBytes = 0;
  const begunMs = performance.now();
  for (let atMs = 0; atMs < forMs; atMs = performance.now() - begunMs) {
    samples.push({ atMs, bytes: residentBytes(pids) });
    mostBufferedBytes = Math.max(mostBufferedBytes, await readMetric(sink.url, 'sink_buffered_bytes'));
    await delay(SAMPLE_EVERY_MS);
  }
  return { samples, mostBufferedBytes };
}
