import type { MetricObject } from 'prom-client';
import type { PartitionReport } from './assignment.ts';

/** What a worker tells its supervisor when asked. */
export interface WorkerReport {
  readonly joined: boolean;
  readonly partitions: readonly PartitionReport[];
  /** What does not go on though nothing outside is in its way. */
  readonly standstill?: string;
  readonly metrics: readonly MetricObject[];
}

export type ToWorker = { readonly ask: 'report'; readonly id: number } | { readonly ask: 'stop' };
export type FromWorker = { readonly id: number; readonly report: WorkerReport };
