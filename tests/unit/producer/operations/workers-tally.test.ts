import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { EventCounters } from '../../../../producer/events/event-counters.ts';
import { createMetrics } from '../../../../producer/operations/metrics.ts';
import type { Snapshot } from '../../../../producer/operations/worker-report.ts';
import { WorkersTally } from '../../../../producer/operations/workers-tally.ts';
import { balance, readMetrics } from '../../../support/collector/assembled-collector.ts';
import { ScriptedEventLog } from '../../../support/fakes/scripted-event-log.ts';

/** A worker with its counters, and its latest report. */
class Worker {
  readonly counters = new EventCounters();
  told: Snapshot | undefined;
  readonly #registry = new Registry();

  constructor() {
    createMetrics(this.#registry, this.counters, new ScriptedEventLog());
  }

  async tell(): Promise<void> {
    this.told = JSON.parse(JSON.stringify(await this.#registry.getMetricsAsJSON()));
  }
}

type Step = { readonly worker: 0 | 1; readonly does: 'receive' | 'end' | 'tell' | 'die' };
const step: fc.Arbitrary<Step> = fc.record({
  worker: fc.constantFrom(0, 1),
  does: fc.constantFrom('receive', 'receive', 'end', 'tell', 'die'),
});

describe('what several workers have counted', () => {
  test('is at every scrape what ended and what is in flight, and never less than before, whoever dies when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const tally = new WorkersTally();
        const workers = [new Worker(), new Worker()];
        let last = { received: 0, acked: 0 };
        for (const { worker: index, does } of steps) {
          const worker = workers[index] ?? new Worker();
          if (does === 'receive') worker.counters.receive();
          if (does === 'end' && worker.counters.inFlight > 0) worker.counters.end('acked');
          if (does === 'tell') await worker.tell();
          if (does === 'die') {
            if (worker.told) tally.depart(worker.told);
            workers[index] = new Worker();
          }
          const text = await tally.with(workers.flatMap(({ told }) => (told ? [told] : []))).metrics();
          const metrics = readMetrics(text);
          const { received, accounted } = text === '\n' ? { received: 0, accounted: 0 } : balance(metrics);
          const acked = metrics.get('producer_events_total{class="acked",code="acked"}') ?? 0;
          expect(accounted).toBe(received);
          expect(received).toBeGreaterThanOrEqual(last.received);
          expect(acked).toBeGreaterThanOrEqual(last.acked);
          last = { received, acked };
        }
      }),
      { numRuns: 50 },
    );
  });

  test('calls unknown what was in flight in one that is gone, beside what it called so itself', async () => {
    const tally = new WorkersTally();
    const worker = new Worker();
    for (let event = 0; event < 5; event++) worker.counters.receive();
    worker.counters.end('outcome_unknown');
    worker.counters.end('acked');
    await worker.tell();
    tally.depart(worker.told ?? []);
    const metrics = readMetrics(await tally.with([]).metrics());
    expect(metrics.get('producer_events_total{class="unknown",code="outcome_unknown"}')).toBe(4);
    expect(metrics.get('producer_events_total{class="acked",code="acked"}')).toBe(1);
    expect(metrics.get('producer_events_received_total')).toBe(5);
    expect(metrics.has('producer_events_in_flight')).toBe(false);
  });
});
