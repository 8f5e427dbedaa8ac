import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClaimGate } from '../../../../sink/partition/claim-gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Claims that begin when the gate lets them, and end when the test lets them. */
function claimsAt(gate: ClaimGate, count: number) {
  const ends: (() => void)[] = [];
  const claims = Array.from({ length: count }, () =>
    gate.pass(() => new Promise<void>((resolve) => ends.push(resolve))),
  );
  return { ends, claims };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test('of a thousand claims a few go on at once', async () => {
  const { ends } = claimsAt(new ClaimGate(), 1_000);
  await settle();
  expect(ends.length).toBeLessThanOrEqual(32);
});

test('a claim begins when another one ends, well or not', async () => {
  const gate = new ClaimGate();
  const { ends } = claimsAt(gate, 1_000);
  await settle();
  const atOnce = ends.length;
  ends[0]?.();
  await settle();
  expect(ends).toHaveLength(atOnce + 1);
});

test('all claims come through, though each of them fails', async () => {
  const gate = new ClaimGate();
  const claims = Array.from({ length: 100 }, () => gate.pass(() => Promise.reject(new Error('refused'))));
  const ended = await Promise.allSettled(claims);
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
});

test('claims that wait for a lease hold up no other', async () => {
  const gate = new ClaimGate();
  const { ends: held } = claimsAt(gate, 32);
  const healthy = gate.pass(async () => 'claimed');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await healthy).toBe('claimed');
  expect(held).toHaveLength(32);
});

test('a claim that lent its place gives none back at its end', async () => {
  const gate = new ClaimGate();
  const { ends } = claimsAt(gate, 1_000);
  await settle();
  const atOnce = ends.length;
  await vi.advanceTimersByTimeAsync(600);
  const begun = ends.length;
  for (const end of ends.slice(0, atOnce)) end();
  await settle();
  expect(ends).toHaveLength(begun);
});
