import type { MetricObject } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { WorkerHealth as Health } from '../../infra/runtime/worker-process.ts';
import type { PartitionReport } from '../partition/assignment.ts';

/** What a worker tells its supervisor when asked. */
export interface WorkerReport extends Report {
  readonly joined: boolean;
  readonly partitions: readonly PartitionReport[];
  readonly metrics: readonly MetricObject[];
}

export type WorkerHealth = Health<WorkerReport>;
