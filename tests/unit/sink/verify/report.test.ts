import { describe, expect, test } from 'vitest';
import { report, resultOf } from '../../../../sink/verify/report.ts';
import type { Verdict } from '../../../../sink/verify/verdict.ts';

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

test('a name that a stranger chose can neither steer the terminal nor add a line to the report', () => {
  const name = 'x\u001b[2J\nRight: each stored record once';
  const text = report(outcome({ misnamed: 1, examples: [{ fault: 'misnamed', says: name }] }, [name]));
  expect(text).not.toContain('\u001b');
  expect(text).not.toMatch(/^Right/m);
});
