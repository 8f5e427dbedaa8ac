import { setTimeout as delay } from 'node:timers/promises';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { startRole } from '../../support/process/role-process.ts';
import { readMetric } from '../../support/process/sink-process.ts';
import { type MemorySample, residentBytes } from '../figures/resident-memory.ts';
import { PARTITIONS, sendLoad } from './collector-run.ts';
import type { LoadResult } from './http-load.ts';

/** The rate that turns requests into hours: one request is one millisecond. */
export const EVENTS_PER_SECOND = 1_000;
export const CONNECTIONS = 64;
const SAMPLE_EVERY_MS = 1_000;

export interface CollectorSoak extends LoadResult {
  /** The time of a sample is the number of requests so far, at EVENTS_PER_SECOND. */
  readonly samples: readonly MemorySample[];
  readonly acked: number;
  readonly tookMs: number;
}

/**
 * Sends requests to a producer as fast as it answers them, and samples its memory. Each request has
 * an id of its own. So the producer's window of remembered ids is full all the while.
 */
export async function soakCollector(brokers: string, requests: number): Promise<CollectorSoak> {
  const topic = `collector-soak-${process.pid}-${Date.now()}`;
  await makeTopic({ brokers, topic, partitions: PARTITIONS });
  const collector = await startRole('producer', { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
  const sampling = new AbortController();
  try {
    await collector.ready();
    const sampled = sample(collector.pid, collector.url, sampling.signal);
    const begunMs = performance.now();
    const load = { url: collector.url, kind: 'identified', connections: CONNECTIONS, requests } as const;
    const result = await sendLoad(load).finally(() => sampling.abort());
    const tookMs = performance.now() - begunMs;
    const acked = await readMetric(collector.url, 'producer_ack_seconds_count');
    return { ...result, samples: await sampled, acked, tookMs };
  } finally {
    await collector.stop();
  }
}

async function sample(pid: number, url: string, signal: AbortSignal): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  while (!signal.aborted) {
    const received = await readMetric(url, 'producer_events_received_total');
    samples.push({ atMs: (received * 1_000) / EVENTS_PER_SECOND, bytes: residentBytes([pid]) });
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
