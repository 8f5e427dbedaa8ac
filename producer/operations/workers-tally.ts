import { AggregatorRegistry, type Registry } from 'prom-client';
import type { Snapshot } from './worker-report.ts';

const ENDED = 'producer_events_total';
const IN_FLIGHT = 'producer_events_in_flight';
const UNKNOWN = { class: 'unknown', code: 'outcome_unknown' };

/**
 * Adds up what several workers have counted, ended workers included. Each worker's metrics are of
 * one instant, at which `received` is the sum of the ended events and of those in flight. So the
 * same holds for the sums, although the workers' instants differ.
 *
 * The last report of an ended worker stays in the sums. Its events in flight count as ended with an
 * unknown outcome. No counter goes back, and nothing counts twice. A killed worker told nobody what
 * it counted after its last report: those events are missing on both sides.
 */
export class WorkersTally {
  #gone: Snapshot = [];

  /** A worker has ended; `last` is its last report. */
  depart(last: Snapshot): void {
    this.#gone = snapshotOf(AggregatorRegistry.aggregate([[...this.#gone], ended(last)]));
  }

  /** The sums over all ended workers and these running ones. */
  with(running: readonly Snapshot[]): Registry {
    return AggregatorRegistry.aggregate([[...this.#gone], ...running.map((metrics) => [...metrics])]);
  }
}

/** What stays of an ended worker: its counts, not its momentary values. */
function ended(last: Snapshot): Snapshot[number][] {
  const inFlight = last.find(({ name }) => name === IN_FLIGHT)?.values[0]?.value ?? 0;
  // The library's types have a number here, but the value is a word.
  const counted = last.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
  return counted.map((metric) =>
    metric.name === ENDED
      ? { ...metric, values: [...metric.values, { value: inFlight, labels: UNKNOWN }] }
      : metric,
  );
}

/**
 * The values of an aggregated registry are final and there at once. The library's types do not say
 * so.
 */
function snapshotOf(registry: Registry): Snapshot {
  return registry.getMetricsAsArray().map((metric) => {
    const { get } = metric as unknown as { get: () => Snapshot[number] };
    return get();
  });
}
