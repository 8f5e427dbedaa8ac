import { expect, test } from 'vitest';
import { readMode, UsageError } from '../../../../infra/runtime/cli/command-line.ts';

test.each([
  [[], 'run'],
  [['--check'], 'check'],
  [['--check-settings'], 'check-settings'],
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['--version'], 'version'],
])('%j means %s', (args, mode) => {
  expect(readMode('sink', args)).toBe(mode);
});

test.each([
  [['--chekc'], '--chekc'],
  [['--check', '--version'], '--version'],
  [['start'], 'start'],
  [[''], ''],
  [['\u001b[2J'], '\\u001b[2J'],
])('%j is refused; the message names the word and both checks', (args, wrong) => {
  expect(() => readMode('sink', args)).toThrow(UsageError);
  expect(() => readMode('sink', args)).toThrow(`"${wrong}" is not expected here`);
  expect(() => readMode('sink', args)).toThrow(/sink \[--check \| --check-settings/);
});
