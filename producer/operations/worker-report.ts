import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { Readiness } from './health.ts';

/** Metrics as they go from one process to another. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** How one process of the producer is. */
export interface ProducerReport extends Report {
  readonly readiness: Readiness;
  /** Events whose outcome a client awaits. */
  readonly awaited: number;
}

/** What one of several workers tells the primary. */
export interface WorkerReport extends ProducerReport {
  readonly metrics: Snapshot;
}
