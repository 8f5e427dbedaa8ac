import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { Readiness } from './health.ts';

/** The metrics of a process, as it sends them to another process. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What one of several workers tells the primary, which answers for all of them. */
export interface WorkerReport extends Report {
  readonly readiness: Readiness;
  /** Events whose clients still wait for the outcome. */
  readonly awaited: number;
  readonly metrics: Snapshot;
}
