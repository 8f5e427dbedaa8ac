import { AggregatorRegistry, type Registry } from 'prom-client';
import type { Snapshot } from './worker-report.ts';

const ENDED = 'producer_events_total';
const IN_FLIGHT = 'producer_events_in_flight';
const UNKNOWN = { class: 'unknown', code: 'outcome_unknown' };

/**
 * Adds up what several workers count, those that are gone included. Each worker's metrics are of one instant, in which
 * `received` is what ended and what is in flight; so the sums are, whichever instants they are of. Of a worker that is
 * gone its last report stays, and what was in flight in it ended as nobody knows how: no counter goes back, nothing is
 * counted twice. What a killed one counted after its last report nobody was told: it is missing on both sides.
 */
export class WorkersTally {
  #gone: Snapshot = [];

  /** A worker is gone that said this last. */
  depart(last: Snapshot): void {
    this.#gone = snapshotOf(AggregatorRegistry.aggregate([[...this.#gone], ended(last)]));
  }

  /** All that is gone, and these. */
  with(running: readonly Snapshot[]): Registry {
    return AggregatorRegistry.aggregate([[...this.#gone], ...running.map((metrics) => [...metrics])]);
  }
}

/** What stays of a worker: what it has counted, not how it was. */
function ended(last: Snapshot): Snapshot[number][] {
  const inFlight = last.find(({ name }) => name === IN_FLIGHT)?.values[0]?.value ?? 0;
  // The library's types have a number where there is a word.
  const counted = last.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
  return counted.map((metric) =>
    metric.name === ENDED
      ? { ...metric, values: [...metric.values, { value: inFlight, labels: UNKNOWN }] }
      : metric,
  );
}

/** What is aggregated does not change any more and is there at once, of which the library's types know nothing. */
function snapshotOf(registry: Registry): Snapshot {
  return registry.getMetricsAsArray().map((metric) => {
    const { get } = metric as unknown as { get: () => Snapshot[number] };
    return get();
  });
}
