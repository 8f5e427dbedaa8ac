import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RateLimit } from '../../../../producer/events/rate-limit.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('lets each client send so many in a window, says when to come back, and then lets it', async () => {
  const limit = new RateLimit({ events: 2, windowMs: 3_000 });
  const taken = [await limit.take('a'), await limit.take('a'), await limit.take('b')];
  expect(taken).toEqual([undefined, undefined, undefined]);
  vi.advanceTimersByTime(500);
  const refused = await limit.take('a');
  expect(refused).toMatchObject({ code: 'rate_limited', answer: { status: 429, retryAfterSeconds: 3 } });
  vi.advanceTimersByTime(2_501);
  expect(await limit.take('a')).toBeUndefined();
});
