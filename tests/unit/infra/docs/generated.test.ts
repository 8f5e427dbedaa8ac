import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { amountOf } from '../../../../infra/docs/amount.ts';
import { generatedFiles } from '../../../../infra/docs/generated-files.ts';
import { withParts } from '../../../../infra/docs/generated-part.ts';
import { markdownTable } from '../../../../infra/docs/markdown-table.ts';
import { settingsTable } from '../../../../infra/docs/settings-table.ts';
import { root } from '../../../../infra/local/process/root.ts';

const files = generatedFiles(root);

test.each(files)('$path says what the code says; `npm run docs` renews it', ({ path, content }) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(content);
});

describe('a generated part', () => {
  const document = 'before\n<!-- generated: a -->\nold\n<!-- end -->\nafter\n';

  test('stands between its marks', () => {
    expect(withParts(document, { a: 'new\n' })).toBe(
      'before\n<!-- generated: a -->\n\nnew\n\n<!-- end -->\nafter\n',
    );
  });

  test('without a place, and a place without a part, are faults', () => {
    expect(() => withParts('', { a: '' })).toThrow('no place for a');
    expect(() => withParts(document, {})).toThrow('nothing generates "a"');
    expect(() => withParts('<!-- generated: a -->\n', { a: '' })).toThrow('"a" has no end');
  });
});

test('an amount has the largest unit that keeps it whole', () => {
  const amounts = [
    'A_MS 0',
    'A_MS 1500',
    'A_MS 60000',
    'A_MS 86400000',
    'A_BYTES 1',
    'A_BYTES 1048576',
    'A 7',
  ];
  const read = amounts.map((amount) => amount.split(' ')).map(([name = '', value]) => [name, Number(value)]);
  expect(read.map(([name, value]) => amountOf(String(name), Number(value)))).toEqual([
    '0 ms',
    '1500 ms',
    '1 min',
    '1 day',
    '1 byte',
    '1 MiB',
    undefined,
  ]);
});

test('a cell may hold a bar', () => {
  expect(markdownTable(['a'], [['x | y']])).toBe('| a |\n| --- |\n| x \\| y |\n');
});

test('a setting without a meaning is a fault', () => {
  expect(() => settingsTable({ NAME: v.optional(v.string(), '') })).toThrow('NAME has no meaning');
});
