import { fork } from 'node:child_process';
import { expect, test } from 'vitest';
import { Supervisor } from '../../../infra/runtime/supervisor.ts';
import { until } from '../../support/until.ts';

test('a worker that cannot be forked ends no other, and is started again', async () => {
  const failures: unknown[] = [];
  let forks = 0;
  const supervisor = new Supervisor({
    workers: 1,
    log: { warn: () => {}, error: (fields) => failures.push(fields) },
    fork: () => {
      forks += 1;
      // As the system answers where it has no memory for one process more.
      if (forks === 1) throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
      return fork('-e', ['process.on("message", () => {})'], { execArgv: [] });
    },
    onRestart: () => {},
    stopTimeoutMs: 1_000,
    workerTimeoutMs: 60_000,
  });
  supervisor.start();
  await until(() => forks === 2, { what: 'the second start' });
  expect(failures).toMatchObject([{ worker: 0, err: { code: 'ENOMEM' } }]);
  supervisor.kill();
  await supervisor.stop();
});
