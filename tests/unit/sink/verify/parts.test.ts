import { describe, expect, test } from 'vitest';
import { ProgressBar } from '../../../../sink/verify/progress-bar.ts';
import { LineSplitter } from '../../../../sink/verify/reading/line-splitter.ts';
import { readName } from '../../../../sink/verify/reading/stored-file.ts';
import { report, resultOf } from '../../../../sink/verify/report.ts';
import { SkippedOffsets } from '../../../../sink/verify/skipped-offsets.ts';
import type { Verdict } from '../../../../sink/verify/verdict.ts';

const n = (offset: number) => String(offset).padStart(20, '0');

describe('a file below the topic’s folder', () => {
  const published = `dt=2026-11-22/hour=14/t-3-${n(5)}-${n(9)}.jsonl`;

  test.each([
    [published, { partition: 3, first: 5, last: 9 }],
    [`_writers/3/some-token/${n(5)}.jsonl`, { partition: 3, first: 5, last: undefined }],
    ['_writers/3/some-token/abc.topic-id', 'ignored'],
    [`_writers/3/some-token/${n(5)}.copy-x`, 'ignored'],
    [`_writers/.new-x/x/${n(5)}.jsonl`, 'ignored'],
    ['_check-1/claim-1/file', 'ignored'],
    ['dt=2026-11-22/hour=14/_SUCCESS', 'ignored'],
    ['dt=2026-11-22/hour=14/.part', 'ignored'],
    ['dt=2026-11-22/hour=14/part-0.parquet', 'stray'],
    [published.replace('t-3', 'u-3'), 'stray'],
    [published.replace('dt=2026-11-22/', ''), 'stray'],
    ['notes.txt', 'stray'],
    [published.replace('hour=14', 'hour=14/sub'), 'stray'],
    [`backup/${published}`, 'stray'],
    [published.replace('t-3', 't-03'), 'stray'],
    [`_writers/03/some-token/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/some-token/sub/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/some-token/5.jsonl`, 'stray'],
    [`_writers/3/some-token/.${n(5)}.jsonl.crc`, 'ignored'],
    ['_writers/notes.txt', 'stray'],
  ])('%s is what its name says', (path, named) => {
    expect(readName('t', path)).toEqual(named);
  });

  test('of a topic with dashes and digits in its name is told from others', () => {
    const path = `dt=2026-11-22/hour=14/t-3-3-${n(5)}-${n(9)}.jsonl`;
    expect(readName('t-3', path)).toMatchObject({ partition: 3 });
    expect(readName('t', path)).toBe('stray');
  });
});

describe('lines', () => {
  test('are put together over chunks, of any size', () => {
    const text = 'a\nbcd\n\nefg';
    for (const size of [1, 2, 3, 100]) {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        lines.push(...splitter.split(Buffer.from(text.slice(at, at + size))).map(String));
      }
      expect(lines).toEqual(['a\n', 'bcd\n', '\n']);
      expect(splitter.carriedBytes).toBe(3);
    }
  });
});

describe('a line that does not end', () => {
  test('is handed out as its beginning, is counted in full, and takes nothing from those around it', () => {
    const splitter = new LineSplitter(1_000);
    const lines: string[] = [];
    const counted: number[] = [];
    for (const piece of ['a\n', 'b'.repeat(999), 'b'.repeat(999), 'b'.repeat(999), '}\nc\n']) {
      lines.push(...splitter.split(Buffer.from(piece)).map(String));
      counted.push(splitter.carriedBytes);
    }
    expect(lines).toEqual(['a\n', `${'b'.repeat(60)}... (endless)\n`, 'c\n']);
    expect(counted).toEqual([0, 999, 1_998, 2_997, 0]);
  });
});

describe('skipped offsets', () => {
  test('are told from those never skipped, once', () => {
    const skipped = new SkippedOffsets();
    skipped.jump(3, 5);
    skipped.note(4, () => 'four');
    expect([2, 6].map((offset) => skipped.take(offset))).toEqual(['not skipped', 'not skipped']);
    expect(skipped.take(4)).toEqual({ digest: 'four' });
    expect(skipped.take(4)).toBe('not skipped');
    expect([3, 5].map((offset) => skipped.take(offset))).toEqual(['no record', 'no record']);
  });

  test('are bounded: the oldest ranges and the latest digests are not kept', () => {
    const skipped = new SkippedOffsets({ maxRanges: 1, maxDigests: 1 });
    for (const offset of [1, 3]) {
      skipped.jump(offset, offset);
      skipped.note(offset, () => 'x');
    }
    expect(skipped.take(1)).toBe('not skipped');
    expect(skipped.take(3)).toBe('unknown');
  });
});

const verdict = (changes: Partial<Verdict> = {}): Verdict => ({
  partition: 0,
  low: 0,
  high: 1_000,
  lines: 1_000,
  lost: 0,
  doubled: 0,
  disordered: 0,
  torn: 0,
  differing: 0,
  misnamed: 0,
  rejected: 0,
  pending: 0,
  gone: 0,
  unfinished: false,
  examples: [],
  ...changes,
});
const outcome = (changes: Partial<Verdict> = {}, strays: string[] = []) => ({
  verdicts: [verdict(), verdict({ partition: 1, ...changes })],
  strays,
});

describe('the result', () => {
  test.each([
    [outcome(), 'right'],
    [outcome({ rejected: 1, pending: 1, gone: 1, unfinished: true }), 'right'],
    [outcome({ failure: 'away' }), 'unknown'],
    [outcome({ failure: 'away', lost: 1 }), 'wrong'],
    [outcome({}, ['x.txt']), 'wrong'],
  ])('is wrong for a fault, and unknown for what was not looked at: %#', (found, result) => {
    expect(resultOf(found)).toBe(result);
  });

  test.each(['lost', 'doubled', 'disordered', 'torn', 'differing', 'misnamed'] as const)(
    'is wrong for anything %s',
    (fault) => {
      expect(resultOf(outcome({ [fault]: 1 }))).toBe('wrong');
    },
  );

  test('is shown with a total, what stands behind the numbers, and a sentence', () => {
    const examples = [{ fault: 'lost' as const, says: 'offsets 4 to 5' }];
    const text = report(outcome({ lost: 2, lines: 998, examples }, ['/data/t/x.txt']));
    expect(text).toMatch(/^ *all +2,000 +1,998 +2 +0/m);
    expect(text).toContain('partition 1: lost: offsets 4 to 5');
    expect(text).toContain('/data/t/x.txt');
    expect(text.split('\n').at(-1)).toBe('WRONG: 2 lost, 1 misnamed.');
  });
});

describe('the progress bar', () => {
  const drawn = (isTTY: boolean) => {
    let nowMs = 0;
    let text = '';
    const bar = new ProgressBar({ isTTY, write: (more) => (text += more) }, () => nowMs);
    for (const done of [0, 250, 500]) {
      nowMs += 1_000;
      bar.draw(done, 1_000);
    }
    bar.clear();
    return text;
  };

  test('says how far it is and how long it takes, on a terminal', () => {
    expect(drawn(true)).toMatch(/\[={15} {15}\] 50 % of 1,000 records, 167\/s, 3 s left/);
    expect(drawn(true).endsWith('\r\x1b[K')).toBe(true);
  });

  test('is not there where nobody looks', () => {
    expect(drawn(false)).toBe('');
  });
});
