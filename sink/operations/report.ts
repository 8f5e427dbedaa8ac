import type { MetricObject } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { WorkerHealth as Health } from '../../infra/runtime/worker-process.ts';

/** The state of one partition as metrics, health reports and the status line show it. */
export interface PartitionReport {
  readonly partition: number;
  readonly state: string;
  /** Why the partition is not written; undefined when it is. */
  readonly reason: string | undefined;
  /** The offset after the last durable line; undefined until the first claim. */
  readonly durableOffset: number | undefined;
  /** The topic's end as last heard of; undefined until a broker told it. */
  readonly endOffset: number | undefined;
  /** Bytes read from Kafka but not durable yet. */
  readonly bufferedBytes: number;
}

/** A worker's answer to its supervisor's question. */
export interface WorkerReport extends Report {
  /** Whether the worker is a member of the group and knows its partitions. */
  readonly joined: boolean;
  readonly partitions: readonly PartitionReport[];
  readonly metrics: readonly MetricObject[];
}

export type WorkerHealth = Health<WorkerReport>;

/** Offsets of the topic that are not durable yet; undefined when either end is unknown. */
export function lagOf({
  endOffset,
  durableOffset,
}: Pick<PartitionReport, 'endOffset' | 'durableOffset'>): number | undefined {
  if (endOffset === undefined || durableOffset === undefined) return undefined;
  return Math.max(0, endOffset - durableOffset);
}
