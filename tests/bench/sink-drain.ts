import { execFileSync } from 'node:child_process';
import { readMetric, startSink } from '../support/sink-process.ts';
import { until } from '../support/until.ts';
import type { Backlog } from './backlog.ts';

export interface Drain {
  readonly messagesPerSecond: number;
  /** Most memory that supervisor and worker had together, bytes. */
  readonly peakResidentBytes: number;
  readonly appends: number;
  readonly meanAppendSeconds: number;
}

const DRAINED_WITHIN_MS = 300_000;

/** Lets a new sink drain the whole backlog, timed from its first claim to the last durable line. */
export async function drain(backlog: Backlog, hdfsUrl: string): Promise<Drain> {
  const group = `bench-${process.pid}-${Date.now()}`;
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
    return { messagesPerSecond: backlog.messages / seconds, peakResidentBytes, appends, meanAppendSeconds };
  } finally {
    await sink.stop();
  }
}

function residentBytes(pids: readonly number[]): number {
  const answer = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  return answer.split('\n').reduce((sum, kilobytes) => sum + Number(kilobytes) * 1_024, 0);
}
