import { expect, test } from 'vitest';
import { warningOf, withoutRepeats } from '../../../infra/local/warning.ts';

test.each([
  ['information is not shown', '{"level":30,"msg":"partition claimed"}', undefined],
  ['a warning is shown', '{"level":40,"msg":"HDFS is in safe mode"}', 'sink warn: HDFS is in safe mode'],
  [
    'an error is shown with its cause',
    '{"level":50,"msg":"gave up","err":{"message":"no"}}',
    'sink error: gave up: no',
  ],
  ['what is not JSON is shown as it is', 'Killed', 'sink: Killed'],
  ['an empty line is not shown', '', undefined],
])('%s', (_, line, expected) => {
  expect(warningOf('sink', line)).toBe(expected);
});

test('the same line is said again only after ten seconds', () => {
  let nowMs = 0;
  const said: string[] = [];
  const say = withoutRepeats(
    (line) => said.push(line),
    () => nowMs,
  );
  for (const line of ['a', 'a', 'b', 'a']) say(line);
  expect(said).toEqual(['a', 'b']);
  nowMs = 10_000;
  say('a');
  expect(said).toEqual(['a', 'b', 'a']);
});
