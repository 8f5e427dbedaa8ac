import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeProcess } from '../../../infra/local/process/node-process.ts';
import { root } from '../../../infra/local/process/root.ts';
import { until } from '../../support/until.ts';

let folder = '';
let started: NodeProcess[] = [];
let launcher: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leash-'));
  started = [];
});

afterEach(async () => {
  launcher?.kill('SIGKILL');
  await Promise.all(started.map((node) => node.stop()));
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['obeys SIGTERM', 'setInterval(() => {}, 1000); console.log("up")'],
  ['ignores SIGTERM', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'],
])('a command that %s is gone soon after its launcher was killed', async (_, program) => {
  const pid = await launch(program);
  expect(isAlive(pid)).toBe(true);
  launcher?.kill('SIGKILL');
  await until(() => !isAlive(pid), { what: 'the command is gone', withinMs: 20_000 });
});

test('a command that ends before it is ready is reported with the end of its log', async () => {
  const node = newNode('console.log("no room left"); process.exit(7)', { ready: async () => false });
  await expect(node.start()).rejects.toThrow(/ended before it was ready \(exit 7\).*no room left/s);
  expect(node.pid).toBeUndefined();
});

test('a command that is not ready in time is ended', async () => {
  const node = newNode('setInterval(() => {}, 1000)', { ready: async () => false, readyWithinMs: 300 });
  await expect(node.start()).rejects.toThrow('was not ready within 300 ms');
  expect(node.pid).toBeUndefined();
});

test('a signal reaches the command itself, and it can be started again', async () => {
  const node = newNode('setInterval(() => {}, 1000)');
  await node.start();
  const first = node.pid;
  await node.signal('SIGKILL');
  expect(await node.exited()).toBe('exit 137');
  await node.start();
  expect(node.pid).not.toBe(first);
});

test('a frozen command is stopped', async () => {
  const node = newNode('setInterval(() => {}, 1000)');
  await node.start();
  await node.signal('SIGSTOP');
  await node.stop();
  expect(node.pid).toBeUndefined();
});

test('what the command started goes with it', async () => {
  const grandchild = `const { spawn } = require("node:child_process");
    console.log(spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid);
    setInterval(() => {}, 1000);`;
  const node = newNode(grandchild);
  await node.start();
  const read = () => Number(readFileSync(node.logFile, 'utf8'));
  await until(() => read() > 0, { what: 'the grandchild runs', withinMs: 10_000 });
  await node.signal('SIGKILL');
  await until(() => !isAlive(read()), { what: 'the grandchild is gone', withinMs: 20_000 });
});

test('what a killed command started goes even if its launcher ends at the same moment', async () => {
  const grandchild = `const { spawn } = require("node:child_process");
    const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    setInterval(() => {}, 1000);
    console.log("up " + pid);`;
  await launch(grandchild, 'process.kill(node.pid, "SIGKILL"); process.exit();');
  const pid = Number(/up (\d+)/.exec(readFileSync(join(folder, 'command.log'), 'utf8'))?.[1]);
  await until(() => !isAlive(pid), { what: 'the grandchild is gone', withinMs: 20_000 });
});

interface Readiness {
  readonly ready?: () => Promise<boolean>;
  readonly readyWithinMs?: number;
}

function newNode(
  program: string,
  { ready = async () => true, readyWithinMs = 10_000 }: Readiness = {},
): NodeProcess {
  const node = new NodeProcess({
    name: 'a command',
    command: process.execPath,
    args: ['-e', program],
    logFile: join(folder, 'command.log'),
    ready,
    readyWithinMs,
  });
  started.push(node);
  return node;
}

/**
 * Starts a launcher process that starts the program on a leash and then runs the code `next`.
 * Resolves with the pid of the program.
 */
function launch(program: string, next = ''): Promise<number> {
  const module = pathToFileURL(join(root, 'dist/infra/local/process/node-process.js')).href;
  const logFile = join(folder, 'command.log');
  const options = {
    name: 'a command',
    command: process.execPath,
    args: ['-e', program],
    logFile,
    graceMs: 1_000,
  };
  const code = `import { readFileSync } from 'node:fs';
    const { NodeProcess } = await import(${JSON.stringify(module)});
    const options = ${JSON.stringify(options)};
    const ready = async () => readFileSync(options.logFile, 'utf8').includes('up');
    const node = new NodeProcess({ ...options, ready });
    await node.start();
    console.log(node.pid);
    ${next}`;
  launcher = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => launcher?.stdout?.once('data', (line: Buffer) => resolve(Number(line))));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
