import { describe, expect, test } from 'vitest';
import { type Finding, lines, ok, summary } from '../../../../infra/runtime/cli/finding.ts';

describe('the report', () => {
  const warning: Finding = { level: 'warn', subject: 'quota', says: 'is small', more: 'raise it\nsoon' };

  test('has a line a finding, and what to do below it', () => {
    expect(lines(warning)).toEqual([
      'warn quota       is small',
      '                 raise it',
      '                 soon',
    ]);
  });

  test.each([
    [[], 'The sink could work.'],
    [[warning], 'The sink could work, with 1 warning.'],
    [[warning, warning], 'The sink could work, with 2 warnings.'],
    [[warning, { ...warning, level: 'fail' as const }], 'The sink could NOT work: 1 failure and 1 warning.'],
  ])('ends with whether the sink could work: %#', (findings, says) => {
    expect(summary('sink', [ok('x', 'y'), ...findings])).toBe(says);
  });
});
