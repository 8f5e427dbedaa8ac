import { expect, test } from 'vitest';
import { fail, lines } from '../../../../infra/runtime/cli/finding.ts';
import { terminalLines, terminalText } from '../../../../infra/runtime/cli/terminal-text.ts';

test.each([
  ['\u001b[2J\u001b]0;owned\u0007', '\\u001b[2J\\u001b]0;owned\\u0007'],
  ['a\nRight: each record once', 'a\\u000aRight: each record once'],
  ['\u009b31m\u007f\r', '\\u009b31m\\u007f\\u000d'],
  ['gpj.\u202eexe', 'gpj.\\u202eexe'],
  ['\ud800', '\\ud800'],
  ['김철수 😀 ü "quoted" \\', '김철수 😀 ü "quoted" \\'],
])('%j is printed as %s', (text, shown) => {
  expect(terminalText(text)).toBe(shown);
});

test('JSON stays JSON', () => {
  const value = { name: 'a\u009b\u202e\u2028' };
  expect(JSON.parse(terminalLines(JSON.stringify(value, null, 2)))).toEqual(value);
});

test('a finding shows nothing that a terminal obeys', () => {
  const shown = lines(fail('file', 'is called \u001b[1A\nok', 'rename \u001b[1A\nor remove it'));
  expect(shown.join('\n')).not.toContain('\u001b');
  expect(shown).toHaveLength(3);
});
