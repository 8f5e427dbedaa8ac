import cluster from 'node:cluster';
import { once } from 'node:events';
import type { RoleContext } from '../infra/runtime/role.ts';
import { supervise } from '../infra/runtime/supervision.ts';
import { managementAddress, type ProducerConfig } from './config.ts';
import { producerHealth, statusLine } from './operations/role-health.ts';
import type { WorkerReport } from './operations/worker-report.ts';
import { WorkersTally } from './operations/workers-tally.ts';
import { requireFree } from './server/listen.ts';

/** The primary kills and restarts a worker that is silent or at a standstill for so long, ms. */
const WORKER_TIMEOUT_MS = 20_000;
/** What a worker has beyond DRAIN_TIMEOUT_MS, and this process beyond that, ms. */
const EXIT_ALLOWANCE_MS = 2_500;

/**
 * Runs the process above several workers that share the API's port. The primary accepts their
 * connections and hands them on in turns. It answers the operators for all workers, and sees no
 * request itself.
 */
export async function runPrimary(context: RoleContext<ProducerConfig>): Promise<void> {
  const { config, log, serviceManager } = context;
  await requireFree(config.PORT, config.HOST, log);
  const tally = new WorkersTally();
  await supervise<WorkerReport>({
    role: 'producer',
    log,
    serviceManager,
    address: managementAddress(config),
    workers: config.PRODUCER_WORKERS,
    // The primary alone speaks to systemd.
    fork: () => cluster.fork({ NOTIFY_SOCKET: '' }).process,
    onEnded: (latest) => latest && tally.depart(latest.metrics),
    stopTimeoutMs: config.DRAIN_TIMEOUT_MS + EXIT_ALLOWANCE_MS,
    exitAllowanceMs: EXIT_ALLOWANCE_MS,
    workerTimeoutMs: WORKER_TIMEOUT_MS,
    healthOf: producerHealth,
    statusLine,
    metricsOf: async (own, supervisor) => {
      const ownMetrics = await own.getMetricsAsJSON();
      await supervisor.health();
      return tally.with([ownMetrics, ...supervisor.latest().map(({ metrics }) => metrics)]);
    },
    started: once(cluster, 'listening'),
  });
}
