import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { WorkerHealth } from '../../../../infra/runtime/worker-process.ts';
import type { WorkerReport } from '../../../../producer/operations/worker-report.ts';
import { mountWorkersManagement, statusLine } from '../../../../producer/operations/workers-management.ts';

type Worker = WorkerHealth<WorkerReport>;

const answers = (report: Partial<WorkerReport> = {}): Worker => ({
  state: 'answers',
  pid: 100,
  report: { readiness: 'ready', awaited: 3, metrics: [], ...report },
});
const silent: Worker = { state: 'silent', pid: 101 };
const ended: Worker = { state: 'ended' };

async function ask(path: string, workers: readonly Worker[], draining = false): Promise<[number, string]> {
  const app = new Hono();
  mountWorkersManagement(app, {
    workers: async () => workers,
    draining: () => draining,
    registry: async () => new Registry(),
  });
  const response = await app.request(path);
  return [response.status, await response.text()];
}

describe('/livez of several workers', () => {
  test('is 200 while each answers or is being started again', async () => {
    expect(await ask('/livez', [answers({ readiness: 'not connected' }), ended])).toEqual([200, 'live']);
  });

  test('is 503 while one does not answer or stands still, and says so', async () => {
    expect(await ask('/livez', [answers(), silent])).toEqual([503, 'worker 101 does not answer']);
    expect(await ask('/livez', [answers(), answers({ standstill: 'stuck' })])).toEqual([503, 'stuck']);
  });
});

describe('/readyz of several workers', () => {
  test('is 200 while one of them is ready', async () => {
    const found = [answers(), answers({ readiness: 'not connected' }), silent, ended];
    expect(await ask('/readyz', found)).toEqual([200, 'ready: 1 of 4 workers']);
  });

  test('is 503 while none of them is, or all drain', async () => {
    const found = [answers({ readiness: 'not connected' }), silent];
    expect(await ask('/readyz', found)).toEqual([503, 'not ready: 0 of 2 workers']);
    expect(await ask('/readyz', [answers()], true)).toEqual([503, 'draining']);
  });
});

test('the status line adds up what is in flight', () => {
  expect(statusLine([answers(), answers(), ended])).toBe('ready: 2 of 3 workers, 6 events in flight');
});
