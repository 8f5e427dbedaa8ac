import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import { type EventCounters, endingOf } from '../events/event-counters.ts';
import type { EventLog } from '../events/event-log.ts';

export interface Metrics {
  readonly ackSeconds: Histogram;
  readonly eventLoopDelaySeconds: Histogram;
  readonly queueEvents: Histogram;
  readonly queueBytes: Histogram;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Of the bounds of the queue. */
const SHARES = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

export function createMetrics(registry: Registry, counters: EventCounters, eventLog: EventLog): Metrics {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  exposeCounters(registry, counters);
  const { maxEvents, maxBytes } = eventLog.queue;
  limit('producer_queue_limit_events', 'Events that may be on their way at once.', maxEvents);
  limit('producer_queue_limit_bytes', 'Bytes that may be on their way at once.', maxBytes);
  return {
    ackSeconds: new Histogram({
      name: 'producer_ack_seconds',
      help: 'From handing a record over to the acknowledgement of the broker, acked ones only.',
      buckets: SECONDS,
      registers,
    }),
    eventLoopDelaySeconds: new Histogram({
      name: 'producer_event_loop_delay_seconds',
      help: 'How late a timer was, sampled.',
      buckets: SECONDS,
      registers,
    }),
    queueEvents: new Histogram({
      name: 'producer_queue_events',
      help: 'Events on their way to the broker, sampled.',
      buckets: SHARES.map((share) => Math.ceil(share * maxEvents)),
      registers,
    }),
    queueBytes: new Histogram({
      name: 'producer_queue_bytes',
      help: 'Bytes on their way to the broker, sampled.',
      buckets: SHARES.map((share) => Math.ceil(share * maxBytes)),
      registers,
    }),
  };

  function limit(name: string, help: string, value: number): void {
    // What is sampled beside it is each worker's own queue, so that among several it stays that of one.
    new Gauge({ name, help, registers, aggregator: 'max' }).set(value);
  }
}

/**
 * Copied in `collect`, which the registry calls for all metrics in one go before it writes the first of them: so a
 * scrape shows them as they were at one instant, and `received` is the sum of the others in each.
 */
function exposeCounters(registry: Registry, counters: EventCounters): void {
  const registers = [registry];
  new Counter({
    name: 'producer_events_received_total',
    help: 'Events received; the sum of producer_events_total and producer_events_in_flight.',
    registers,
    collect() {
      this.reset();
      this.inc(counters.received);
    },
  });
  new Counter({
    name: 'producer_events_total',
    help: 'Events by how they ended: class, and acked or the code of the problem.',
    labelNames: ['class', 'code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of counters.ended) this.inc({ class: endingOf(code), code }, count);
    },
  });
  new Gauge({
    name: 'producer_events_in_flight',
    help: 'Events whose outcome is awaited.',
    registers,
    collect() {
      this.set(counters.inFlight);
    },
  });
  new Counter({
    name: 'producer_events_ignored_total',
    help: 'Requests that are not counted as events: repeated, dropped by the privacy policy, prefetch.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of counters.ignored) this.inc({ reason }, count);
    },
  });
}
