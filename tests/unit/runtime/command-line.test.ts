import { expect, test } from 'vitest';
import { readMode, UsageError } from '../../../infra/runtime/command-line.ts';

test.each([
  [[], 'run'],
  [['--check'], 'check'],
  [['--check-settings'], 'check-settings'],
  [['--help'], 'help'],
  [['-h'], 'help'],
])('%j means %s', (args, mode) => {
  expect(readMode('sink', args)).toBe(mode);
});

test.each([[['--chekc']], [['--check', '--check']], [['start']], [['']]])(
  '%j is refused, and the usage names both checks',
  (args) => {
    expect(() => readMode('sink', args)).toThrow(UsageError);
    expect(() => readMode('sink', args)).toThrow(/sink \[--check \| --check-settings\]/);
  },
);
