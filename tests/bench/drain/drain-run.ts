import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readMetric, startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';
import type { Backlog } from '../cluster/backlog.ts';
import { residentBytes } from '../figures/resident-memory.ts';

/** The sink's drain of a backlog, and the reference, which is measured just before. */
export interface DrainRound {
  /** Messages a second that `consume()` alone reads. */
  readonly bare: number;
  readonly sink: Drain;
}

export interface Drain {
  readonly messagesPerSecond: number;
  /** The most that supervisor and worker had resident together. */
  readonly peakResidentBytes: number;
  readonly meanAppendSeconds: number;
}

const DRAINED_WITHIN_MS = 300_000;

export async function measureDrain(backlog: Backlog, hdfsUrl: string): Promise<DrainRound> {
  return { bare: await readBare(backlog), sink: await drain(backlog, hdfsUrl) };
}

async function readBare({ brokers, topic, partitions, messages }: Backlog): Promise<number> {
  const program = fileURLToPath(new URL('../reference/bare-consume.js', import.meta.url));
  const args = [program, brokers, topic, String(partitions), String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: DRAINED_WITHIN_MS });
  return Number(stdout);
}

/** Lets a new sink drain the whole backlog, timed from its first claim to the last durable line. */
async function drain(backlog: Backlog, hdfsUrl: string): Promise<Drain> {
  const group = `drain-${process.pid}-${Date.now()}`;
  const sink = await startSink({
    KAFKA_BROKERS: backlog.brokers,
    KAFKA_TOPIC: backlog.topic,
    KAFKA_GROUP: group,
    HDFS_URL: hdfsUrl,
    HDFS_DIR: `/${group}`,
    LOG_LEVEL: 'warn',
  });
  try {
    const claimed = async () => (await readMetric(sink.url, 'sink_claims_total')) > 0;
    await until(claimed, { what: 'a partition is claimed' });
    const begunMs = performance.now();
    const pids = [sink.pid, ...(await sink.workerPids())];
    let peakResidentBytes = 0;
    const done = async () => {
      peakResidentBytes = Math.max(peakResidentBytes, residentBytes(pids));
      return (await sink.lines()) === backlog.messages;
    };
    await until(done, { what: 'the backlog is durable', withinMs: DRAINED_WITHIN_MS, everyMs: 100 });
    const seconds = (performance.now() - begunMs) / 1_000;
    const appends = await readMetric(sink.url, 'sink_append_seconds_count');
    const meanAppendSeconds = (await readMetric(sink.url, 'sink_append_seconds_sum')) / appends;
    return { messagesPerSecond: backlog.messages / seconds, peakResidentBytes, meanAppendSeconds };
  } finally {
    await sink.stop();
  }
}
