import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogTail } from '../../../infra/local/process/log-tail.ts';
import { until } from '../../support/until.ts';

let folder = '';
let file = '';
let lines: string[] = [];
let tail: LogTail;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-tail-'));
  file = join(folder, 'role.log');
  lines = [];
  tail = new LogTail(file, (line) => lines.push(line));
});

afterEach(() => {
  tail.stop();
  rmSync(folder, { recursive: true, force: true });
});

const seen = (expected: readonly string[]) =>
  until(() => JSON.stringify(lines) === JSON.stringify(expected), { what: `${expected}`, withinMs: 5_000 });

test('only what is written after the start is handed over, in whole lines', async () => {
  writeFileSync(file, 'old\n');
  tail.start();
  appendFileSync(file, 'first\nsec');
  await seen(['first']);
  appendFileSync(file, 'ond\n');
  await seen(['first', 'second']);
});

test('a file that appears later, or is begun anew, is followed from its beginning', async () => {
  tail.start();
  writeFileSync(file, 'a long first line\n');
  await seen(['a long first line']);
  writeFileSync(file, 'new\n');
  await seen(['a long first line', 'new']);
});

test('what was written just before the stop is not lost', () => {
  writeFileSync(file, '');
  tail.start();
  appendFileSync(file, 'last\n');
  tail.stop();
  expect(lines).toEqual(['last']);
});
