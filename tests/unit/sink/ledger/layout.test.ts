import { expect, test } from 'vitest';
import {
  hourFolder,
  hourOf,
  hourStartMs,
  openName,
  parseOpenName,
  publishedName,
} from '../../../../sink/ledger/layout.ts';

test('an open segment is called by its first offset in twenty digits', () => {
  expect(openName(0)).toBe('00000000000000000000.jsonl');
  expect(openName(1_234)).toBe('00000000000000001234.jsonl');
});

test('the first offset comes back from the name, up to the largest', () => {
  for (const first of [0, 1, 999, 10 ** 12, Number.MAX_SAFE_INTEGER]) {
    expect(parseOpenName(openName(first))).toBe(first);
  }
});

test('names sort as their offsets do', () => {
  const offsets = [100, 9, 10, 0, 2 ** 40, 99];
  const byName = offsets.map(openName).sort().map(parseOpenName);
  expect(byName).toEqual([...offsets].sort((a, b) => a - b));
});

test.each([
  '0.jsonl',
  '00000000000000000000.json',
  '00000000000000000000.jsonl.tmp',
  '00000000000000000000.copy-abc',
  '0000000000000000000x.jsonl',
  'x00000000000000000000.jsonl',
  '',
])('"%s" is no open segment', (name) => {
  expect(parseOpenName(name)).toBeUndefined();
});

test('an hour begins with its first millisecond and ends before the next', () => {
  const start = Date.UTC(2026, 10, 22, 14);
  const hour = hourOf(start);
  expect(hourStartMs(hour)).toBe(start);
  expect(hourOf(start + 3_599_999)).toBe(hour);
  expect(hourOf(start + 3_600_000)).toBe(hour + 1);
});

test("an hour's folder is named in UTC as Hive and Spark discover it", () => {
  expect(hourFolder(hourOf(Date.UTC(2026, 10, 22, 14, 59)))).toBe('dt=2026-11-22/hour=14');
  expect(hourFolder(hourOf(Date.UTC(2024, 1, 29, 0, 0)))).toBe('dt=2024-02-29/hour=00');
});

test('a published name says topic, partition, first and last offset', () => {
  expect(publishedName('web-events', 7, 12, 345)).toBe(
    'web-events-7-00000000000000000012-00000000000000000345.jsonl',
  );
});
