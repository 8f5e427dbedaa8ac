import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { startOffset } from '../../../../sink/partition/start-offset.ts';

const log = pino({ level: 'silent' });
const onGap = (choice: 'continue' | 'stop') => ({ onGap: choice, log });
const LAST_LINE = Buffer.from('{}\n');

describe('a claimed partition', () => {
  test('is read from the last stored record, which is compared with its line', () => {
    expect(startOffset({ next: 7, lastLine: LAST_LINE }, { low: 0, high: 9 }, onGap('stop'))).toBe(6);
  });

  test.each([
    ['no line is at hand', { next: 7, lastLine: undefined }, { low: 0, high: 9 }],
    ['Kafka dropped the last stored record', { next: 7, lastLine: LAST_LINE }, { low: 7, high: 9 }],
  ])('is read after the last stored record when %s', (_, ledger, watermarks) => {
    expect(startOffset(ledger, watermarks, onGap('stop'))).toBe(7);
  });

  test('is read from the first record that Kafka has after a gap, or is stopped', () => {
    const ledger = { next: 7, lastLine: LAST_LINE };
    expect(startOffset(ledger, { low: 8, high: 9 }, onGap('continue'))).toBe(8);
    expect(() => startOffset(ledger, { low: 9, high: 9 }, onGap('stop'))).toThrow('dropped offsets 7 to 8');
  });

  test('is stopped when the topic ends before the last stored record', () => {
    const ledger = { next: 7, lastLine: LAST_LINE };
    expect(() => startOffset(ledger, { low: 0, high: 6 }, onGap('continue'))).toThrow('made anew');
  });
});
