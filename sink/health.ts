import { Hono } from 'hono';
import { AggregatorRegistry, type MetricObject } from 'prom-client';
import type { WorkerHealth } from './supervisor.ts';

export interface HealthSource {
  /** What each worker says of itself. */
  readonly workers: () => Promise<readonly WorkerHealth[]>;
  readonly stopping: () => boolean;
}

/**
 * What operators and orchestrators ask:
 *
 * - `/livez`: 200 unless a worker runs but does not answer; then the process is to be started again.
 * - `/readyz`: 200 when every worker knows its partitions and writes them all; else 503 and why.
 * - `/metrics`: Prometheus, all workers added up.
 */
export function createHealthApp({ workers, stopping }: HealthSource): Hono {
  const app = new Hono();
  app.get('/livez', async (context) => {
    const silent = (await workers()).some((worker) => worker.state === 'silent');
    return context.json({ alive: !silent }, silent ? 503 : 200);
  });
  app.get('/readyz', async (context) => {
    const found = await workers();
    const ready = !stopping() && found.every(isReady);
    return context.json({ ready, stopping: stopping(), workers: found.map(describe) }, ready ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    const metrics = (await workers()).flatMap((worker) =>
      worker.state === 'answers' ? [worker.report.metrics as MetricObject[]] : [],
    );
    const registry = AggregatorRegistry.aggregate(metrics);
    return context.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
  return app;
}

function isReady(worker: WorkerHealth): boolean {
  if (worker.state !== 'answers' || !worker.report.joined) return false;
  return worker.report.partitions.every(({ state }) => state === 'writing' || state === 'draining');
}

function describe(worker: WorkerHealth) {
  if (worker.state !== 'answers') return worker;
  const { joined, partitions } = worker.report;
  return { state: joined ? 'joined' : 'joining', pid: worker.pid, partitions };
}
