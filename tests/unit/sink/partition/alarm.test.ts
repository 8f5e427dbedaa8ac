import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarm } from '../../../../sink/partition/alarm.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Waits, and notes when the wait has ended. */
function waiting(alarm: Alarm, untilMs: number | undefined): { ended: boolean } {
  const wait = { ended: false };
  void alarm.wait(untilMs).then(() => {
    wait.ended = true;
  });
  return wait;
}

test('a wait ends at its time, and not before', async () => {
  const wait = waiting(new Alarm(), performance.now() + 100);
  await vi.advanceTimersByTimeAsync(99);
  expect(wait.ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(wait.ended).toBe(true);
});

test('a wait that is woken ends at once, and the next wait is a new one', async () => {
  const alarm = new Alarm();
  const first = waiting(alarm, undefined);
  alarm.wake();
  alarm.wake();
  await vi.advanceTimersByTimeAsync(0);
  const second = waiting(alarm, performance.now() + 100);
  await vi.advanceTimersByTimeAsync(50);
  expect([first.ended, second.ended]).toEqual([true, false]);
});

test('a wait without an end does not end at once', async () => {
  const wait = waiting(new Alarm(), undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(wait.ended).toBe(false);
});
