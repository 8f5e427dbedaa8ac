import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { Readiness } from './health.ts';

/** Metrics as they go from one process to another. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What one of several workers tells the process that answers for them all. */
export interface WorkerReport extends Report {
  readonly readiness: Readiness;
  /** Events whose outcome somebody awaits. */
  readonly awaited: number;
  readonly metrics: Snapshot;
}
