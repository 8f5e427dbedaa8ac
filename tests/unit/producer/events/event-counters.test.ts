import { expect, it } from 'vitest';
import { Accounts, endingOf, type Outcome } from '../../../../producer/events/event-counters.ts';

it('has received what ended and what is in flight, after each step', () => {
  const accounts = new Accounts();
  const steps = [
    () => accounts.receive(),
    () => accounts.receive(),
    () => accounts.end('acked'),
    () => accounts.ignore('repeated'),
    () => accounts.end('overloaded'),
    () => accounts.receive(),
  ];
  for (const step of steps) {
    step();
    const ended = [...accounts.ended.values()].reduce((sum, count) => sum + count, 0);
    expect(ended + accounts.inFlight).toBe(accounts.received);
  }
  expect([accounts.received, accounts.inFlight, accounts.ignored.get('repeated')]).toEqual([3, 1, 1]);
});

it.each<[Outcome, string]>([
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
