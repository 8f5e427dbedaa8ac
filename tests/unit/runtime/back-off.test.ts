import { expect, test } from 'vitest';
import { BackOff } from '../../../infra/runtime/back-off.ts';

const pauses = (random: number, count: number): number[] => {
  const backOff = new BackOff(100, 1_000, () => random);
  return Array.from({ length: count }, () => backOff.next());
};

test('pauses double up to the last one, and half of each is certain', () => {
  expect(pauses(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
  expect(pauses(1, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('a thousand failures in a row still pause for the last one', () => {
  expect(pauses(1, 2_000).at(-1)).toBe(1_000);
});

test('after a reset the pauses begin anew', () => {
  const backOff = new BackOff(100, 1_000, () => 1);
  backOff.next();
  backOff.next();
  expect(backOff.failures).toBe(2);
  backOff.reset();
  expect([backOff.failures, backOff.next()]).toEqual([0, 100]);
});
