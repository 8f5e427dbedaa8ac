import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RateLimit } from '../../../../producer/events/rate-limit.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('lets each client send so many in a window, says when to come back, and then lets it', () => {
  const limit = new RateLimit({ events: 2, windowMs: 3_000 });
  const taken = [limit.take('a'), limit.take('a'), limit.take('b')];
  expect(taken).toEqual([undefined, undefined, undefined]);
  vi.advanceTimersByTime(500);
  const refused = limit.take('a');
  expect(refused).toMatchObject({ code: 'rate_limited', answer: { status: 429, retryAfterSeconds: 3 } });
  vi.advanceTimersByTime(2_501);
  expect(limit.take('a')).toBeUndefined();
});

it('counts a bounded number of clients: of more, the oldest begin anew', () => {
  const limit = new RateLimit({ events: 1, windowMs: 3_600_000, maxClients: 3 });
  for (const client of ['a', 'b', 'c']) expect(limit.take(client)).toBeUndefined();
  expect(limit.take('a')).toMatchObject({ code: 'rate_limited' });
  expect(limit.take('d')).toBeUndefined();
  expect(limit.take('d')).toMatchObject({ code: 'rate_limited' });
  expect(limit.take('a')).toBeUndefined();
});
