import { describe, expect, test } from 'vitest';
import { ProgressWatchdog, type WriterProgress } from '../../../../sink/partition/progress-watchdog.ts';

const WRITE_TIMEOUT_MS = 1_000;
const watching = () => new ProgressWatchdog({ writeTimeoutMs: WRITE_TIMEOUT_MS });

const writer = (facts: Partial<WriterProgress> = {}): WriterProgress => ({
  partition: 3,
  state: {},
  steps: 7,
  bufferedBytes: 100,
  ...facts,
});

describe('polling', () => {
  test('that goes on is no standstill', () => {
    expect(watching().findStandstill(100_000, 99_950, [])).toBeUndefined();
  });

  test('that has not begun, because Kafka was never reached, is no standstill', () => {
    expect(watching().findStandstill(100_000, undefined, [])).toBeUndefined();
  });

  test('that has not come back for long is a standstill', () => {
    expect(watching().findStandstill(100_000, 80_000, [])).toBe('Kafka is not polled');
  });
});

describe('lines that wait', () => {
  const look = (watchdog: ProgressWatchdog, nowMs: number, writer: WriterProgress) =>
    watchdog.findStandstill(nowMs, nowMs, [writer]);

  test('for longer than any append takes, with no request ending, are a standstill', () => {
    const watchdog = watching();
    const stuck = writer();
    expect(look(watchdog, 0, stuck)).toBeUndefined();
    expect(look(watchdog, WRITE_TIMEOUT_MS, stuck)).toBeUndefined();
    expect(look(watchdog, WRITE_TIMEOUT_MS + 1, stuck)).toBe('no request ends in partition 3');
  });

  const state = {};
  test.each([
    ['some became durable', writer({ state, steps: 8 })],
    ['the buffer was empty', writer({ state, bufferedBytes: 0 })],
    ['the partition was claimed anew', writer()],
  ])('are none where %s meanwhile', (_, meanwhile) => {
    const watchdog = watching();
    const before = writer({ state });
    const after = { ...meanwhile, bufferedBytes: 100 };
    look(watchdog, 0, before);
    look(watchdog, WRITE_TIMEOUT_MS - 1, meanwhile);
    expect(look(watchdog, 2 * WRITE_TIMEOUT_MS - 1, after)).toBeUndefined();
  });
});
