import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkerProcess } from '../../../infra/runtime/worker-process.ts';

const LONG_MS = 60_000;

/** A child that does what it is given, says `begun`, and goes on for as long as it is not ended. */
function startWorker(script: string): WorkerProcess<object> {
  const program = `${script}; process.send({ report: 'begun' }); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  begun = once(child, 'message');
  return new WorkerProcess(child);
}

let begun: Promise<unknown>;
let worker: WorkerProcess<object> | undefined;
beforeEach(() => {
  worker = undefined;
});
afterEach(() => worker?.kill());

describe('a worker that is told to stop', () => {
  test('while it still loads, and so listens to nobody, ends at once, and well', async () => {
    worker = startWorker('');
    await begun;
    expect(await worker.stop(LONG_MS)).toBe(true);
  });

  test('has ended well where it drains and exits 0', async () => {
    worker = startWorker("process.on('SIGTERM', () => setTimeout(() => process.exit(0), 50))");
    await begun;
    expect(await worker.stop(LONG_MS)).toBe(true);
  });

  test.each([
    ['exits with another code', "process.on('SIGTERM', () => process.exit(1))", LONG_MS],
    ['does not end in time, and is killed', "process.on('SIGTERM', () => {})", 100],
  ])('has not where it %s', async (_, script, withinMs) => {
    worker = startWorker(script);
    await begun;
    expect(await worker.stop(withinMs)).toBe(false);
  });
});

test('a worker that says nothing within the time is silent', async () => {
  worker = startWorker('');
  await begun;
  expect(await worker.health(50)).toEqual({ state: 'silent', pid: worker.pid });
});
