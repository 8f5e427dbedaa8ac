import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';

const SUFFIX = '.test.ts';

/** The text below a heading of the second level, with its subsections. */
function sectionOf(document: string, heading: string): string {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  return section.split('\n## ')[0] ?? '';
}

/** The rows of every table in the text, cell by cell, without the heads. */
function rowsOf(text: string): string[][] {
  const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.flatMap((table) => table.trimEnd().split('\n').slice(2)).map(cellsOf);
}

const cellsOf = (row: string): string[] =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('"What happens when" in sink/README.md', () => {
  const section = sectionOf(readFileSync(join(root, 'sink/README.md'), 'utf8'), 'What happens when');
  const rows = rowsOf(section);

  test('names each disaster of tests/chaos once, and no other', () => {
    const files = readdirSync(join(root, 'tests/chaos'), { recursive: true, encoding: 'utf8' });
    const disasters = files
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length));
    expect(disasters.length).toBeGreaterThan(0);
    expect(rows.flatMap(([, , proof = '']) => quoted(proof)).sort()).toEqual(disasters.sort());
  });

  test('says of each row what happens, and what then', () => {
    for (const [event, outcome, proof] of rows) {
      expect(event, proof).not.toBe('');
      expect(outcome, proof).not.toBe('');
    }
  });
});
