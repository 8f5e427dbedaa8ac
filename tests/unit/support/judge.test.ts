import { describe, expect, test } from 'vitest';
import {
  CLEAN,
  type ExpectedRecord,
  judge,
  type StoredFile,
  type Verdict,
} from '../../support/judge/judge.ts';

const record = (offset: number, partition = 0): ExpectedRecord => ({
  partition,
  offset,
  value: Buffer.from(`{"id":"${partition}-${offset}"}`),
});
const line = (offset: number, partition = 0): string =>
  `{"id":"${partition}-${offset}","kafka_partition":${partition},"kafka_offset":${offset}}\n`;

const RECORDS = [0, 1, 2, 3, 4, 5].map((offset) => record(offset));

const published = (first: number, last: number, content: string, partition = 0): StoredFile => ({
  path: `p${partition}-${first}-${last}`,
  partition,
  first,
  last,
  content: Buffer.from(content),
});
const open = (first: number, content: string, partition = 0): StoredFile => ({
  path: `open-${partition}-${first}`,
  partition,
  first,
  last: undefined,
  content: Buffer.from(content),
});
const lines = (...offsets: number[]): string => offsets.map((offset) => line(offset)).join('');

const headings = (verdict: Verdict): string[] =>
  Object.entries(verdict).flatMap(([heading, findings]) => (findings.length > 0 ? [heading] : []));

describe('the judge finds nothing', () => {
  test('where each record has its line, over published and open files, in any order of listing', () => {
    const files = [open(4, lines(4, 5)), published(0, 1, lines(0, 1)), published(2, 3, lines(2, 3))];
    expect(judge(RECORDS, files)).toEqual(CLEAN);
  });

  test('where there are no records and only an empty segment', () => {
    expect(judge([], [open(0, '')])).toEqual(CLEAN);
  });

  test('where partitions have the same offsets', () => {
    const files = [open(0, line(0)), open(0, line(0, 1), 1)];
    expect(judge([record(0), record(0, 1)], files)).toEqual(CLEAN);
  });

  test('where Kafka has a gap that the lines have too', () => {
    expect(judge([record(0), record(7)], [published(0, 7, lines(0, 7)), open(8, '')])).toEqual(CLEAN);
  });
});

describe('the judge finds, and under no other heading,', () => {
  const cases: readonly [string, readonly StoredFile[], readonly string[]][] = [
    ['a lost line', [open(0, lines(0, 1, 3, 4, 5))], ['lost']],
    ['a lost end', [open(0, lines(0, 1, 2, 3, 4))], ['lost']],
    ['everything lost', [], ['lost']],
    ['a line doubled in its file', [open(0, lines(0, 1, 2, 2, 3, 4, 5))], ['doubled']],
    ['a batch doubled in its file', [open(0, lines(0, 1, 2, 1, 2, 3, 4, 5))], ['doubled']],
    [
      'a line doubled across files',
      [published(0, 2, lines(0, 1, 2)), open(2, lines(2, 3, 4, 5))],
      ['doubled'],
    ],
    ['two lines that changed places', [open(0, lines(0, 2, 1, 3, 4, 5))], ['reordered']],
    ['a last line without its end', [open(0, lines(0, 1, 2, 3, 4) + line(5).slice(0, 20))], ['lost', 'torn']],
    [
      'a last line without its line feed',
      [open(0, lines(0, 1, 2, 3, 4) + line(5).trimEnd())],
      ['lost', 'torn'],
    ],
    [
      'a line cut in the middle of a file',
      [open(0, lines(0, 1) + line(2).slice(0, 20) + lines(3, 4, 5))],
      ['lost', 'torn'],
    ],
    ['an empty line', [open(0, `${lines(0, 1, 2)}\n${lines(3, 4, 5)}`)], ['torn']],
    [
      'a line without its position',
      [open(0, `${lines(0, 1, 2)}{"id":"0-3"}\n${lines(4, 5)}`)],
      ['lost', 'torn'],
    ],
    ['a line of another partition', [open(0, line(0, 9) + lines(1, 2, 3, 4, 5))], ['false']],
    ['a changed value', [open(0, lines(0, 1, 2, 3, 4, 5).replace('0-3', '0-4'))], ['false']],
    ['a line without a record', [open(0, lines(0, 1, 2, 3, 4, 5, 6))], ['false']],
    [
      'a file of a partition the topic has not',
      [open(0, lines(0, 1, 2, 3, 4, 5)), open(0, line(0, 9), 9)],
      ['false'],
    ],
    ['a name with another last offset', [published(0, 4, lines(0, 1, 2, 3, 4, 5))], ['false']],
    ['a name with a later first offset', [published(1, 5, lines(0, 1, 2, 3, 4, 5))], ['false']],
    ['a published file without a line', [published(0, 5, ''), open(0, lines(0, 1, 2, 3, 4, 5))], ['false']],
  ];
  test.each(cases)('%s', (_, files, found) => {
    expect(headings(judge(RECORDS, files))).toEqual(found);
  });

  test('each breach in words that name the place', () => {
    const verdict = judge(RECORDS, [open(0, lines(0, 1, 1, 4, 5))]);
    expect(verdict.lost).toEqual(['partition 0 offset 2', 'partition 0 offset 3']);
    expect(verdict.doubled).toEqual([expect.stringContaining('open-0-0:3')]);
  });
});

describe('a rejected record', () => {
  const value = Buffer.from('no json');
  const keptAs = (base64: string) =>
    `{"kafka_rejected":"why","kafka_value":"${base64}","kafka_partition":0,"kafka_offset":0}\n`;

  test('is stored with its bytes', () => {
    const stored = [open(0, keptAs(value.toString('base64')))];
    expect(judge([{ partition: 0, offset: 0, value }], stored)).toEqual(CLEAN);
  });

  test('is false with others', () => {
    const stored = [open(0, keptAs(Buffer.from('others').toString('base64')))];
    expect(judge([{ partition: 0, offset: 0, value }], stored).false).toHaveLength(1);
  });
});
