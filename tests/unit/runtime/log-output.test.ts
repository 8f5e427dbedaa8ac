import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { LogOutput } from '../../../infra/runtime/log-output.ts';
import { until } from '../../support/until.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('lines arrive in order', async () => {
  const file = join(folder, 'log');
  const output = new LogOutput(openSync(file, 'a'));
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) output.write(line);
  await until(() => readFileSync(file, 'utf8') === lines.join(''), { what: 'all lines' });
});

test('a reader that stands still costs lines, not memory, and is told so once it reads', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Both ends, so that opening does not wait for the other one.
  const file = await open(pipe, 'r+');
  const output = new LogOutput(file.fd);
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 5_000; count++) output.write(line);
  const chunk = Buffer.alloc(65_536);
  let read = '';
  while (!read.includes('log lines were lost')) {
    const { bytesRead } = await file.read(chunk);
    read += chunk.toString('utf8', 0, bytesRead);
  }
  await file.close();
  expect(read.split('x\n').length).toBeLessThan(2_500);
  expect(read).toMatch(/^(x{999}\n)+\{"level":40,.*"bytes":\d{7}.*\}\n$/);
});

test('a reader that stands still keeps nobody from ending', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const unread = await open(pipe, 'r+');
  const program = `
    import { LogOutput } from ${JSON.stringify(join(root, 'dist/infra/runtime/log-output.js'))};
    new LogOutput().write('x'.repeat(500_000));
    setTimeout(() => process.exit(7), 100);
  `;
  const args = ['--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', unread.fd, 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
  expect(exit).toEqual([7, null]);
  await unread.close();
}, 30_000);
