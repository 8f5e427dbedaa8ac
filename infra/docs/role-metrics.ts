import { Registry } from 'prom-client';
import { EventCounters } from '../../producer/events/event-counters.ts';
import type { EventLog } from '../../producer/events/event-log.ts';
import { createMetrics } from '../../producer/operations/metrics.ts';
import { SinkMetrics } from '../../sink/operations/metrics.ts';
import { countRestarts } from '../runtime/supervision.ts';

/** The registries of a producer: one of each worker, and the primary's own. */
export function producerRegistries(): Registry[] {
  const ofWorker = new Registry();
  createMetrics(ofWorker, new EventCounters(), emptyLog);
  return [ofWorker, supervisorOf('producer')];
}

/** The registries of a sink: one of each worker, and the supervisor's own. */
export function sinkRegistries(): Registry[] {
  return [new SinkMetrics(() => []).registry, supervisorOf('sink')];
}

function supervisorOf(role: string): Registry {
  const registry = new Registry();
  countRestarts(role, registry);
  return registry;
}

/** No record goes anywhere: the metrics only ask for the bounds. */
const emptyLog: EventLog = {
  ready: false,
  queue: { events: 0, bytes: 0, maxEvents: 1_000, maxBytes: 1_000 },
  append: () => Promise.reject(new Error('this log takes no records')),
};
