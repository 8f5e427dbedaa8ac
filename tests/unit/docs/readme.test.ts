import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { producerEntries } from '../../../producer/settings.ts';
import { sinkEntries } from '../../../sink/settings.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The rows of the table below a heading or a line that begins so, cell by cell. */
function rowsBelow(beginning: string): string[][] {
  const lines = readme
    .slice(readme.indexOf(`\n${beginning}`))
    .split('\n')
    .slice(1);
  const from = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(from, from + length).slice(2);
  return rows.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('"What happens when" names', () => {
  const named = rowsBelow('**What happens when').flatMap((row) => quoted(row[3] ?? ''));
  const suffix = '.test.ts';

  test('tests that are there', () => {
    for (const name of named) expect(existsSync(join(root, 'tests/chaos', name + suffix)), name).toBe(true);
  });

  test('each disaster there is', () => {
    const files = readdirSync(join(root, 'tests/chaos'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith(suffix),
    );
    expect(new Set(named)).toEqual(new Set(files.map((file) => file.slice(0, -suffix.length))));
  });
});

describe('the table of settings', () => {
  const names = new Set(rowsBelow('## Settings').flatMap((row) => quoted(row[1] ?? '')));
  const ofSystemd = ['NOTIFY_SOCKET', 'WATCHDOG_USEC'];

  test('has every setting of both roles, and no other', () => {
    const settings = [producerEntries, sinkEntries]
      .flatMap(Object.keys)
      .filter((name) => !ofSystemd.includes(name));
    expect(names).toEqual(new Set(settings));
  });
});
