import cluster from 'node:cluster';
import { once } from 'node:events';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { Counter, Registry } from 'prom-client';
import type { ServiceManager } from '../infra/runtime/service-manager.ts';
import { onStopSignals } from '../infra/runtime/stop-signals.ts';
import { Supervisor } from '../infra/runtime/supervisor.ts';
import type { ProducerConfig } from './config.ts';
import type { WorkerReport } from './operations/worker-report.ts';
import { mountWorkersManagement, statusLine } from './operations/workers-management.ts';
import { WorkersTally } from './operations/workers-tally.ts';
import { listenOrExit, requireFree } from './server/listen.ts';
import { openServer } from './server/node-server.ts';

/** A worker that says nothing, or that it stands still, for so long is killed and started again. */
const WORKER_TIMEOUT_MS = 20_000;
/** Of a worker beyond DRAIN_TIMEOUT_MS, and of this process beyond that. */
const EXIT_ALLOWANCE_MS = 2_500;

export interface PrimaryOptions {
  readonly config: ProducerConfig;
  readonly log: Logger;
  readonly serviceManager: ServiceManager;
}

/**
 * The process above several workers that share the port. It accepts their connections and hands them on in turns, answers
 * the operators for all of them, keeps them running, and lets them drain; it sees no request itself.
 */
export async function runPrimary({ config, log, serviceManager }: PrimaryOptions): Promise<void> {
  const { HOST, PORT, PRODUCER_WORKERS } = config;
  await requireFree(PORT, HOST, log);
  const registry = new Registry();
  const restarts = new Counter({
    name: 'producer_worker_restarts_total',
    help: 'Workers started again, by why: ended unasked, or killed for being silent or at a standstill.',
    labelNames: ['reason'],
    registers: [registry],
  });
  const tally = new WorkersTally();
  const supervisor = new Supervisor<WorkerReport>({
    workers: PRODUCER_WORKERS,
    log,
    // Whoever answers for all speaks to systemd for all.
    fork: () => cluster.fork({ NOTIFY_SOCKET: '' }).process,
    onRestart: (reason) => restarts.inc({ reason }),
    onEnded: (latest) => latest && tally.depart(latest.metrics),
    stopTimeoutMs: config.DRAIN_TIMEOUT_MS + EXIT_ALLOWANCE_MS,
    workerTimeoutMs: WORKER_TIMEOUT_MS,
  });
  let draining = false;
  const metrics = async () => {
    const own = await registry.getMetricsAsJSON();
    await supervisor.health();
    return tally.with([own, ...supervisor.latest().map((report) => report.metrics)]);
  };
  const management = new Hono();
  mountWorkersManagement(management, {
    workers: () => supervisor.health(),
    draining: () => draining,
    registry: metrics,
  });
  const url = await listenOrExit(openManagement(management, config), log);
  const listening = once(cluster, 'listening');
  supervisor.start();
  onStopSignals(
    (signal) => {
      draining = true;
      log.info({ signal }, 'draining');
      void stop().then((clean) => process.exit(clean ? 0 : 1));
    },
    (signal) => {
      log.error({ signal }, 'exiting at once');
      supervisor.kill();
      process.exit(1);
    },
  );
  await listening;
  await serviceManager.ready(url, async () => statusLine(await supervisor.health()));

  async function stop(): Promise<boolean> {
    const told = serviceManager.stopping(config.DRAIN_TIMEOUT_MS + 2 * EXIT_ALLOWANCE_MS);
    const clean = await supervisor.stop();
    log.info({ clean }, 'drained');
    await told;
    return clean;
  }
}

function openManagement(app: Hono, config: ProducerConfig) {
  const { HOST, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT: port = 0 } = config;
  return openServer(app, {
    host: MANAGEMENT_HOST,
    port,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
  });
}
