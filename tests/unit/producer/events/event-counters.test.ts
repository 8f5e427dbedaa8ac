import { expect, it } from 'vitest';
import { EventCounters, endingOf, type OutcomeCode } from '../../../../producer/events/event-counters.ts';

it('has received what ended and what is in flight, after each step', () => {
  const counters = new EventCounters();
  const steps = [
    () => counters.receive(),
    () => counters.receive(),
    () => counters.end('acked'),
    () => counters.ignore('repeated'),
    () => counters.end('overloaded'),
    () => counters.receive(),
  ];
  for (const step of steps) {
    step();
    const ended = [...counters.ended.values()].reduce((sum, count) => sum + count, 0);
    expect(ended + counters.inFlight).toBe(counters.received);
  }
  expect([counters.received, counters.inFlight, counters.ignored.get('repeated')]).toEqual([3, 1, 1]);
});

it.each<[OutcomeCode, string]>([
  ['acked', 'acked'],
  ['invalid_request', 'rejected'],
  ['rate_limited', 'shed'],
  ['overloaded', 'shed'],
  ['draining', 'shed'],
  ['broker_unavailable', 'failed'],
  ['broker_refused', 'failed'],
  ['internal', 'failed'],
  ['outcome_unknown', 'unknown'],
  ['not_found', 'failed'],
])('counts %s as %s', (outcome, ending) => {
  expect(endingOf(outcome)).toBe(ending);
});
