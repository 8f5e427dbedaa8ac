import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import { type EventCounters, endingOf } from '../events/event-counters.ts';
import type { EventLog, Queue } from '../events/event-log.ts';

export interface Metrics {
  readonly ackSeconds: Histogram;
  readonly eventLoopDelaySeconds: Histogram;
  readonly queueEvents: Histogram;
  readonly queueBytes: Histogram;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Buckets of the queue, as shares of its bounds. */
const SHARES = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

export function createMetrics(registry: Registry, counters: EventCounters, eventLog: EventLog): Metrics {
  collectDefaultMetrics({ register: registry });
  exposeCounters(registry, counters);
  exposeLimits(registry, eventLog.queue);
  return {
    ackSeconds: secondsHistogram(registry, {
      name: 'producer_ack_seconds',
      help: 'Seconds from handing a record to librdkafka to the acknowledgement of the broker, acked events only.',
    }),
    eventLoopDelaySeconds: secondsHistogram(registry, {
      name: 'producer_event_loop_delay_seconds',
      help: 'Seconds that a timer of the process was late, sampled ten times a second.',
    }),
    ...queueHistograms(registry, eventLog.queue),
  };
}

function secondsHistogram(registry: Registry, named: { name: string; help: string }): Histogram {
  return new Histogram({ ...named, buckets: SECONDS, registers: [registry] });
}

function queueHistograms(registry: Registry, { maxEvents, maxBytes }: Queue) {
  const registers = [registry];
  return {
    queueEvents: new Histogram({
      name: 'producer_queue_events',
      help: 'Events on their way to the broker, sampled ten times a second.',
      buckets: SHARES.map((share) => Math.ceil(share * maxEvents)),
      registers,
    }),
    queueBytes: new Histogram({
      name: 'producer_queue_bytes',
      help: 'Bytes of the events on their way to the broker, sampled ten times a second.',
      buckets: SHARES.map((share) => Math.ceil(share * maxBytes)),
      registers,
    }),
  };
}

/**
 * The histograms sample the queue of each worker. So the limits stay those of one worker when the
 * primary adds up the metrics of several.
 */
function exposeLimits(registry: Registry, { maxEvents, maxBytes }: Queue): void {
  const shared = { registers: [registry], aggregator: 'max' as const };
  new Gauge({
    name: 'producer_queue_limit_events',
    help: 'Events that may be on their way to the broker at once, in one worker.',
    ...shared,
  }).set(maxEvents);
  new Gauge({
    name: 'producer_queue_limit_bytes',
    help: 'Bytes of events that may be on their way to the broker at once, in one worker.',
    ...shared,
  }).set(maxBytes);
}

/**
 * Copies the counters in `collect`. The registry calls `collect` of all metrics in one go before it
 * writes the first of them. So a scrape shows the counters of one instant, and in every scrape
 * `received` is the sum of the others.
 */
function exposeCounters(registry: Registry, counters: EventCounters): void {
  copyCounter(registry, {
    name: 'producer_events_received_total',
    help: 'Events received: the sum of producer_events_total and producer_events_in_flight.',
    copy: (counter) => counter.inc(counters.received),
  });
  copyCounter(registry, {
    name: 'producer_events_total',
    help: 'Events that ended, by class and by code: acked, or the code of the problem.',
    labelNames: ['class', 'code'],
    copy: (counter) => {
      for (const [code, count] of counters.ended) counter.inc({ class: endingOf(code), code }, count);
    },
  });
  new Gauge({
    name: 'producer_events_in_flight',
    help: 'Events whose outcome is awaited.',
    registers: [registry],
    collect() {
      this.set(counters.inFlight);
    },
  });
  copyCounter(registry, {
    name: 'producer_events_ignored_total',
    help: 'Requests that count as no event, by reason: repeated, dropped by the privacy policy, prefetch.',
    labelNames: ['reason'],
    copy: (counter) => {
      for (const [reason, count] of counters.ignored) counter.inc({ reason }, count);
    },
  });
}

interface CopiedCounter {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
  readonly copy: (counter: Counter) => void;
}

function copyCounter(registry: Registry, { copy, ...named }: CopiedCounter): void {
  new Counter({
    ...named,
    registers: [registry],
    collect() {
      this.reset();
      copy(this);
    },
  });
}
