import { beforeEach, expect, it } from 'vitest';
import { RepeatWindow } from '../../../../producer/events/repeat-window.ts';

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
  const remembered = repeats.begin('a', 'on its way');
  nowMs = 60;
  remembered.replace('acked');
  expect(repeats.find('a')).toBe('acked');
  nowMs = 100;
  expect(repeats.find('a')).toBeUndefined();
});

it('does not bring back what it has forgotten', () => {
  const remembered = repeats.begin('a', 'first');
  remembered.forget();
  remembered.replace('late');
  expect(repeats.find('a')).toBeUndefined();
});

it('lets nobody who began before touch what has begun anew', () => {
  const before = repeats.begin('a', 'first');
  nowMs = 100;
  repeats.begin('a', 'second');
  before.replace('late');
  before.forget();
  expect(repeats.find('a')).toBe('second');
});

it('keeps nothing where it may keep nothing', () => {
  const none = new RepeatWindow<string>({ windowMs: 100, maxEntries: 0, now: () => nowMs });
  none.begin('a', 'a');
  expect([none.find('a'), none.size]).toEqual([undefined, 0]);
});
