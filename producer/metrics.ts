import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from './errors.ts';

/** How a request for an event ended: `acked`, or the code of its error. */
export type Outcome = 'acked' | ErrorCode;

export interface Metrics {
  readonly registry: Registry;
  readonly outcomes: Counter<'outcome'>;
  readonly ackSeconds: Histogram;
  readonly inFlight: Gauge;
}

const ACK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(registry: Registry): Metrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    outcomes: new Counter({
      name: 'collector_events_total',
      help: 'Requests to store an event, by how they ended: acked, or the code of the problem.',
      labelNames: ['outcome'],
      registers,
    }),
    ackSeconds: new Histogram({
      name: 'collector_ack_seconds',
      help: 'From handing a record over to the acknowledgement of the broker, acked ones only.',
      buckets: ACK_SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: 'collector_in_flight_records',
      help: 'Records handed over whose outcome is awaited.',
      registers,
    }),
  };
}
