import { expect, test } from 'vitest';
import { lastingTransaction, laterEnd, type PartitionEnd } from '../../../../sink/group/partition-end.ts';

const answers = (...told: readonly (readonly [high: number, end: number, atMs: number])[]) =>
  told.reduce<PartitionEnd | undefined>(
    (known, [high, end, atMs]) => laterEnd(known, { low: 0, high, end }, atMs),
    undefined,
  ) as PartitionEnd;

test('a transaction that hides the same offsets for half a minute is named', () => {
  const end = answers([10, 12, 0], [10, 15, 15_000], [10, 20, 30_000]);
  expect(lastingTransaction(end)).toEqual({ from: 10, to: 20 });
});

test.each([
  ['that is still short', answers([10, 12, 0], [10, 15, 15_000])],
  ['that has ended', answers([10, 12, 0], [10, 15, 15_000], [20, 20, 30_000])],
  ['that follows another', answers([10, 12, 0], [14, 16, 15_000], [14, 16, 30_000])],
  ['that began late', answers([10, 10, 0], [10, 10, 15_000], [10, 12, 30_000])],
])('a transaction %s is not', (_what, end) => {
  expect(lastingTransaction(end)).toBeUndefined();
});
