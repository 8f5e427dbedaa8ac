import { Hono } from 'hono';
import { AggregatorRegistry, type MetricObject, type Registry } from 'prom-client';
import type { WorkerHealth } from './report.ts';

export interface HealthSource {
  /** What each worker says of itself. */
  readonly workers: () => Promise<readonly WorkerHealth[]>;
  readonly stopping: () => boolean;
  /** What the supervisor counts itself. */
  readonly registry: Registry;
}

/**
 * What operators and orchestrators ask:
 *
 * - `/livez`: 200 unless a worker does not answer or stands still. The supervisor starts such a worker again by itself;
 *   a process that stays at 503 is to be ended.
 * - `/readyz`: 200 when every worker knows its partitions and writes them all; else 503 and why.
 * - `/metrics`: Prometheus, all workers added up.
 */
export function createHealthApp({ workers, stopping, registry }: HealthSource): Hono {
  const app = new Hono();
  app.get('/livez', async (context) => {
    const alive = (await workers()).every(isAlive);
    return context.json({ alive }, alive ? 200 : 503);
  });
  app.get('/readyz', async (context) => {
    const found = await workers();
    const ready = !stopping() && found.every(isReady);
    return context.json({ ready, stopping: stopping(), workers: found.map(describe) }, ready ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    const ofWorkers = (await workers()).flatMap((worker) =>
      worker.state === 'answers' ? [worker.report.metrics as MetricObject[]] : [],
    );
    const all = AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...ofWorkers]);
    return context.body(await all.metrics(), 200, { 'Content-Type': all.contentType });
  });
  return app;
}

/** One that has ended is being started again, which is as much as could be done. */
function isAlive(worker: WorkerHealth): boolean {
  return worker.state === 'ended' || (worker.state === 'answers' && worker.report.standstill === undefined);
}

function isReady(worker: WorkerHealth): boolean {
  if (worker.state !== 'answers' || !worker.report.joined || !isAlive(worker)) return false;
  return worker.report.partitions.every(({ state }) => state === 'writing' || state === 'draining');
}

function describe(worker: WorkerHealth) {
  if (worker.state !== 'answers') return worker;
  const { joined, partitions, standstill } = worker.report;
  return { state: joined ? 'joined' : 'joining', pid: worker.pid, standstill, partitions };
}
