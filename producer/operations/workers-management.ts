import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { WorkerHealth } from '../../infra/runtime/worker-process.ts';
import type { WorkerReport } from './worker-report.ts';

type Worker = WorkerHealth<WorkerReport>;

export interface WorkersManagementOptions {
  /** The state of each worker, with its latest report if it answers. */
  readonly workers: () => Promise<readonly Worker[]>;
  readonly draining: () => boolean;
  /** The sums of what all workers have counted. */
  readonly registry: () => Promise<Registry>;
}

/**
 * Adds the operators' routes, which answer for all workers:
 *
 * - `/livez`: 503 while a worker does not answer or stands still. The supervisor starts such a
 *   worker again before long. If the route stays at 503, end the process.
 * - `/readyz`: 200 while at least one worker is ready. All workers have the same brokers. A worker
 *   without brokers has just started, and is no reason to send this process no requests.
 * - `/metrics`: the sums over all workers, ended ones included.
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

/** The state of all workers, in one line for an operator. */
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

/** A worker that has ended is no fault: the supervisor is starting it again already. */
function faultOf(worker: Worker): string | undefined {
  return worker.state === 'silent' ? `worker ${worker.pid} does not answer` : reportOf(worker)?.standstill;
}

function reportOf(worker: Worker): WorkerReport | undefined {
  return worker.state === 'answers' ? worker.report : undefined;
}
