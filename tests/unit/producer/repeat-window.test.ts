import { beforeEach, expect, it } from 'vitest';
import { RepeatWindow } from '../../../producer/repeat-window.ts';

let nowMs: number;
let repeats: RepeatWindow<string>;

beforeEach(() => {
  nowMs = 0;
  repeats = new RepeatWindow({ windowMs: 100, maxEntries: 2, now: () => nowMs });
});

it('finds what began within the window, and not a moment longer', () => {
  repeats.begin('a', 'first');
  nowMs = 99;
  expect(repeats.find('a')).toBe('first');
  nowMs = 100;
  expect(repeats.find('a')).toBeUndefined();
});

it('keeps the number it may, and lets the oldest go first', () => {
  for (const key of ['a', 'b', 'c']) repeats.begin(key, key);
  expect(['a', 'b', 'c'].map((key) => repeats.find(key))).toEqual([undefined, 'b', 'c']);
  expect(repeats.size).toBe(2);
});

it('lets go of what is over when something begins', () => {
  repeats.begin('a', 'a');
  nowMs = 100;
  repeats.begin('b', 'b');
  expect(repeats.size).toBe(1);
});

it('has another outcome for no longer than the first', () => {
  repeats.begin('a', 'on its way');
  nowMs = 60;
  repeats.replace('a', 'acked');
  expect(repeats.find('a')).toBe('acked');
  nowMs = 100;
  expect(repeats.find('a')).toBeUndefined();
});

it('does not bring back what it has forgotten', () => {
  repeats.begin('a', 'first');
  repeats.forget('a');
  repeats.replace('a', 'late');
  expect(repeats.find('a')).toBeUndefined();
});

it('keeps nothing where it may keep nothing', () => {
  const none = new RepeatWindow<string>({ windowMs: 100, maxEntries: 0, now: () => nowMs });
  none.begin('a', 'a');
  expect([none.find('a'), none.size]).toEqual([undefined, 0]);
});
