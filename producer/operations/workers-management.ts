import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { WorkerHealth } from '../../infra/runtime/worker-process.ts';
import type { WorkerReport } from './worker-report.ts';

type Worker = WorkerHealth<WorkerReport>;

export interface WorkersManagementOptions {
  /** What each worker says of itself. */
  readonly workers: () => Promise<readonly Worker[]>;
  readonly draining: () => boolean;
  /** What all of them have counted. */
  readonly registry: () => Promise<Registry>;
}

/**
 * What operators ask, answered for all workers:
 *
 * - `/livez`: 200 unless a worker does not answer or stands still. Such a worker is started again before long; a process
 *   that stays at 503 is to be ended.
 * - `/readyz`: 200 while one worker is ready. All have the same brokers: where one reaches them and another does not,
 *   that one has just been started, and no reason to send nothing here.
 * - `/metrics`: all workers added up, gone ones too.
 */
export function mountWorkersManagement(
  app: Hono,
  { workers, draining, registry }: WorkersManagementOptions,
): void {
  app.get('/livez', async (c) => {
    const faults = (await workers()).flatMap((worker) => faultOf(worker) ?? []);
    return c.text(faults.length === 0 ? 'live' : faults.join('; '), faults.length === 0 ? 200 : 503);
  });
  app.get('/readyz', async (c) => {
    const found = await workers();
    const ready = !draining() && readyOf(found) > 0;
    return c.text(draining() ? 'draining' : readinessLine(found), ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const all = await registry();
    return c.body(await all.metrics(), 200, { 'Content-Type': all.contentType });
  });
}

/** How all of them are, in one line for an operator. */
export function statusLine(found: readonly Worker[]): string {
  const awaited = found.reduce((sum, worker) => sum + (reportOf(worker)?.awaited ?? 0), 0);
  return `${readinessLine(found)}, ${awaited} events in flight`;
}

function readinessLine(found: readonly Worker[]): string {
  const ready = readyOf(found);
  return `${ready > 0 ? 'ready' : 'not ready'}: ${ready} of ${found.length} workers`;
}

function readyOf(found: readonly Worker[]): number {
  return found.filter((worker) => reportOf(worker)?.readiness === 'ready').length;
}

/** One that has ended is being started again, which is as much as could be done. */
function faultOf(worker: Worker): string | undefined {
  return worker.state === 'silent' ? `worker ${worker.pid} does not answer` : reportOf(worker)?.standstill;
}

function reportOf(worker: Worker): WorkerReport | undefined {
  return worker.state === 'answers' ? worker.report : undefined;
}
