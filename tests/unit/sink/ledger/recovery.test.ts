import { describe, expect, test } from 'vitest';
import { LedgerError } from '../../../../sink/ledger/errors.ts';
import { hourOf, hourStartMs } from '../../../../sink/ledger/layout.ts';
import {
  checkChain,
  compareWithTopic,
  inspectTail,
  lastOffset,
  segmentTime,
} from '../../../../sink/ledger/recovery.ts';
import { randomText, seededRandom } from '../../../support/seeded-random.ts';

describe('the tail of a segment', () => {
  const look = (window: string, at = 0) => inspectTail(Buffer.from(window), at);
  const found = (completeBytes: number, line: string | undefined, torn = '') => ({
    kind: 'found',
    completeBytes,
    lastLine: line === undefined ? undefined : Buffer.from(line),
    torn: Buffer.from(torn),
  });

  test('is empty where the segment is', () => expect(look('')).toEqual(found(0, undefined)));
  test('is its only line', () => expect(look('one\n')).toEqual(found(4, 'one\n')));
  test('is its last line', () => expect(look('one\ntwo\n')).toEqual(found(8, 'two\n')));
  test('is the last line before a torn one', () =>
    expect(look('one\ntwo\nthr')).toEqual(found(8, 'two\n', 'thr')));
  test('is nothing where the only line is torn', () => expect(look('on')).toEqual(found(0, undefined, 'on')));
  test('may be an empty line', () => expect(look('\n')).toEqual(found(1, '\n')));
  test('counts from the start of the segment, not of the window', () => {
    expect(look('e\ntwo\nth', 100)).toEqual(found(106, 'two\n', 'th'));
  });

  test.each(['', 'torn', 'wo\n', 'wo\ntorn', '\n'])(
    'is not decided by a window "%j" that may cut it',
    (window) => {
      expect(look(window, 100)).toEqual({ kind: 'look-further' });
    },
  );

  test('is the same from any window that decides', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const lines = Array.from({ length: 4 }, () => `${randomText(random, 20).replaceAll('\n', '')}\n`);
      const content = Buffer.from(lines.join('') + randomText(random, 10).replaceAll('\n', ''));
      const whole = inspectTail(content, 0);
      for (let at = 1; at <= content.length; at++) {
        const seen = inspectTail(content.subarray(at), at);
        if (seen.kind === 'found') expect(seen).toEqual(whole);
      }
    }
  });
});

describe('the last offset', () => {
  const line = (partition: number, offset: number) =>
    Buffer.from(`{"a":1,"kafka_partition":${partition},"kafka_offset":${offset}}\n`);

  test('is that of the last line', () => expect(lastOffset(2, 10, line(2, 15))).toBe(15));

  test.each([
    ['of another partition', line(3, 15)],
    ["before the segment's name", line(2, 9)],
    ['of somebody else', Buffer.from('hello\n')],
  ])('is not taken from a line %s', (_, foreign) => {
    expect(() => lastOffset(2, 10, foreign)).toThrow(LedgerError);
  });

  test('shows no more than the beginning of a foreign line', () => {
    const foreign = Buffer.from(`${'x'.repeat(100_000)}\n`);
    expect(() => lastOffset(2, 10, foreign)).toThrow(/^.{1,300}$/);
  });
});

describe('the time of a segment', () => {
  const HOUR_MS = 3_600_000;
  const lineMs = Date.UTC(2026, 10, 22, 14, 30);
  const line = Buffer.from(`{"timestamp":"${new Date(lineMs).toISOString()}"}\n`);

  test('is that of its only line', () => {
    expect(segmentTime(line, lineMs + 9_000, undefined)).toEqual({ hour: hourOf(lineMs), sinceMs: lineMs });
  });

  test('is that of the first line that has one', () => {
    const head = Buffer.concat([
      Buffer.from('{"kafka_rejected":"no value"}\n{}\n'),
      line,
      Buffer.from('{"timest'),
    ]);
    expect(segmentTime(head, lineMs + 9_000, undefined)).toEqual({ hour: hourOf(lineMs), sinceMs: lineMs });
  });

  test('is the last change where no line has one', () => {
    expect(segmentTime(Buffer.from('{}\n'), lineMs, undefined)).toEqual({
      hour: hourOf(lineMs),
      sinceMs: lineMs,
    });
  });

  test('is never after the last change', () => {
    const modifiedMs = lineMs - 5 * HOUR_MS;
    expect(segmentTime(line, modifiedMs, undefined)).toEqual({
      hour: hourOf(modifiedMs),
      sinceMs: modifiedMs,
    });
  });

  test('never goes back behind the segment before it', () => {
    const before = hourOf(lineMs) + 2;
    expect(segmentTime(line, lineMs + 1, before)).toEqual({ hour: before, sinceMs: hourStartMs(before) });
    expect(segmentTime(line, lineMs + 1, hourOf(lineMs) - 2).hour).toBe(hourOf(lineMs));
  });
});

describe('the chain of segments', () => {
  const segment = (first: number, last: number) => ({ first, last, hour: 1 });

  test.each([
    ['one segment', [], 7],
    ['each called after the one before', [segment(0, 4), segment(5, 5)], 6],
  ])('holds for %s', (_, finished, newest) => {
    expect(() => checkChain(finished, newest)).not.toThrow();
  });

  test.each([
    ['a missing segment', [segment(0, 4), segment(6, 7)], 8],
    ['an overlap', [segment(0, 4), segment(4, 7)], 8],
    ['a newest that begins later', [segment(0, 4)], 6],
    ['a newest that begins earlier', [segment(0, 4)], 4],
  ])('breaks at %s', (_, finished, newest) => {
    expect(() => checkChain(finished, newest)).toThrow(LedgerError);
  });
});

describe('ledger and topic', () => {
  test.each([
    [5, { low: 0, high: 9 }, { kind: 'fits' }],
    [0, { low: 0, high: 0 }, { kind: 'fits' }],
    [9, { low: 9, high: 9 }, { kind: 'fits' }],
    [3, { low: 5, high: 9 }, { kind: 'gap', missing: 2 }],
    [10, { low: 0, high: 9 }, { kind: 'beyond-end' }],
  ])('next offset %i in %o: %o', (next, watermarks, fit) => {
    expect(compareWithTopic(next, watermarks)).toEqual(fit);
  });
});
