import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPause } from '../../../../site/tracker/pause.ts';
import { entriesOf, remove } from '../../../../site/tracker/store.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const [key] of entriesOf('')) remove(key);
});

it('waits longer after each failure, up to a minute, and at random within that', () => {
  const [leftMs, backOff] = createPause('a');
  const waits = Array.from({ length: 8 }, () => {
    backOff();
    return leftMs();
  });
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

it('waits for what it was told, and not less', () => {
  const [leftMs, backOff] = createPause('a');
  backOff(30_000);
  expect(leftMs()).toBe(30_500);
});

it('is over when its time is, and at once when the network is back', () => {
  const [leftMs, backOff, endBackOff] = createPause('a');
  backOff();
  vi.advanceTimersByTime(501);
  expect(leftMs()).toBeLessThan(0);
  backOff();
  endBackOff();
  expect(leftMs()).toBeLessThanOrEqual(0);
});

it('holds what the producer asked for against news of the network, and in the next page', () => {
  const [leftMs, backOff, endBackOff] = createPause('a');
  backOff(30_000);
  endBackOff();
  expect(leftMs()).toBe(30_000);
  expect(createPause('a')[0]()).toBe(30_000);
  expect(createPause('another producer')[0]()).toBeLessThanOrEqual(0);
});

it('takes an end that is further off than any server asks for a clock that was wrong', () => {
  const [leftMs, backOff] = createPause('a');
  backOff(30_000);
  vi.setSystemTime(Date.UTC(2020, 0, 1));
  expect(leftMs()).toBe(0);
});
