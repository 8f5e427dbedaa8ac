import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('each figure of the table "Numbers" in README.md stands in RESULTS.md', () => {
  const [, section = ''] = read('README.md').split('\n## Numbers\n');
  const rows =
    section
      .split('\n## ', 1)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ')) ?? [];
  const cells = rows.slice(2).flatMap((row) => row.split('|').slice(2));
  const figures = cells.flatMap((cell) => cell.match(/\d+(\.\d+)?/g) ?? []);
  const measured = new Set(read('tests/bench/RESULTS.md').match(/\d+(\.\d+)?/g));
  expect(figures.length).toBeGreaterThan(rows.length);
  expect(figures.filter((figure) => !measured.has(figure))).toEqual([]);
});
