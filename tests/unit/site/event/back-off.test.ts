import { afterEach, expect, it, vi } from 'vitest';
import { backOffMs } from '../../../../site/event/back-off.ts';

afterEach(() => vi.restoreAllMocks());

it('doubles the bound of the wait with each failure, up to a minute', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const waits = Array.from({ length: 8 }, (_, failures) => backOffMs(failures, 0));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

it('never waits less than the server asked for', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  expect(backOffMs(3, 30_000)).toBe(30_000);
});
