import { describe, expect, test } from 'vitest';
import { NOT_KEPT, RetryBudget } from '../../../../sink/check/retry-budget.ts';
import { FileSystemError } from '../../../../sink/storage/errors.ts';

const away = new FileSystemError('unavailable', 'ECONNREFUSED', 'no answer: ECONNREFUSED');

describe('the budget for retries', () => {
  /** How long the budget allows retries of the same fault, ms, by a fake clock. */
  async function lastsMs(error: FileSystemError): Promise<number> {
    let nowMs = 1_000_000;
    const budget = new RetryBudget({ now: () => nowMs, pause: async (ms) => (nowMs += ms) });
    while (await budget.pauseForRetry(error));
    return nowMs - 1_000_000;
  }

  test.each<[FileSystemError, number, number]>([
    [new FileSystemError('unavailable', 'IOException', 'is not sufficiently replicated yet'), 40_000, 45_000],
    [new FileSystemError('unavailable', 'ReplicaNotFoundException', 'no replica'), 40_000, 45_000],
    [
      new FileSystemError('unavailable', 'RetriableException', 'SafeModeException: in safe mode'),
      3_000,
      5_000,
    ],
    [away, 3_000, 5_000],
    [new FileSystemError('refused', 'AccessControlException', 'denied'), 0, 0],
    [new FileSystemError('unavailable', NOT_KEPT, 'went over it'), 0, 0],
  ])('with %s lasts as long as that may pass, and ends', async (error, atLeast, atMost) => {
    const lasted = await lastsMs(error);
    expect(lasted).toBeGreaterThanOrEqual(atLeast);
    expect(lasted).toBeLessThanOrEqual(atMost);
  });
});
