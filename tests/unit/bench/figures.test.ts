import { describe, expect, test } from 'vitest';
import { median, quantile } from '../../bench/figures/quantile.ts';
import { growthPerHour } from '../../bench/figures/resident-memory.ts';

describe('quantile', () => {
  test('is the least value that a share of them do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([0, 0.5, 0.99, 1].map((p) => quantile(values, p))).toEqual([1, 100, 198, 200]);
    expect(median([10, 9, 100])).toBe(10);
  });

  test('of nothing is no number', () => {
    expect(median([])).toBeNaN();
  });
});

describe('growth of memory', () => {
  const every5s = (bytes: (index: number) => number) =>
    Array.from({ length: 360 }, (_, index) => ({ atMs: index * 5_000, bytes: bytes(index) }));

  test('is that of the line, however jagged', () => {
    // 1,000 bytes every 5 seconds.
    const samples = every5s((index) => 1e8 + index * 1_000 + (index % 2) * 2e6);
    expect(growthPerHour(samples) / 720_000).toBeCloseTo(1, 0);
  });

  test('is none where the memory only swings', () => {
    expect(Math.abs(growthPerHour(every5s((index) => 1e8 + (index % 2) * 2e6)))).toBeLessThan(1e5);
  });
});
