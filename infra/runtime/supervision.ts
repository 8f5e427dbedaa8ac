import type { ChildProcess } from 'node:child_process';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { Counter, Registry } from 'prom-client';
import { mountManagement, type RoleHealth } from './management.ts';
import { type ManagementAddress, openManagement } from './management-server.ts';
import type { ServiceManager } from './service-manager.ts';
import { onStopSignals } from './stop-signals.ts';
import { Supervisor } from './supervisor.ts';
import type { Report } from './worker-channel.ts';
import type { WorkerHealth } from './worker-process.ts';

export interface SupervisionOptions<R extends Report> {
  readonly role: string;
  readonly log: Logger;
  readonly serviceManager: ServiceManager;
  readonly address: ManagementAddress;
  readonly workers: number;
  /** Starts the process of one worker. */
  readonly fork: (index: number) => ChildProcess;
  /** How long a worker may take to drain before the supervisor kills it, ms. */
  readonly stopTimeoutMs: number;
  /** How long this process may take beyond that, ms. */
  readonly exitAllowanceMs: number;
  /** How long a worker may be silent or at a standstill before the supervisor kills it, ms. */
  readonly workerTimeoutMs: number;
  readonly healthOf: (workers: readonly WorkerHealth<R>[], draining: boolean) => RoleHealth;
  /** One line for `systemctl status`. */
  readonly statusLine: (workers: readonly WorkerHealth<R>[]) => string;
  /** Adds up the supervisor's own metrics and those of the workers. */
  readonly metricsOf: (own: Registry, supervisor: Supervisor<R>) => Promise<Registry>;
  /** A worker is gone, for whatever reason, with its last report. */
  readonly onEnded?: (latest: R | undefined) => void;
  /** Resolves when the workers take work. systemd is told then. Left out: at once. */
  readonly started?: Promise<unknown>;
}

/**
 * The process above a role's workers. It keeps them running and answers the operators for all of
 * them. The first SIGTERM or SIGINT drains the workers. The process then exits with 0, or with 1
 * where a worker did not drain. A second signal kills the workers and exits with 1.
 */
export async function supervise<R extends Report>(options: SupervisionOptions<R>): Promise<void> {
  const { role, log, serviceManager, healthOf } = options;
  const registry = new Registry();
  const supervisor = newSupervisor(options, registry);
  let draining = false;
  const app = new Hono();
  mountManagement(app, {
    role,
    health: async () => healthOf(await supervisor.health(), draining),
    metrics: () => options.metricsOf(registry, supervisor),
  });
  const url = await openManagement(app, options.address, log);
  supervisor.start();
  onStopSignals(
    (signal) => {
      draining = true;
      log.info({ signal }, 'draining');
      void drain(supervisor, options).then((clean) => process.exit(clean ? 0 : 1));
    },
    (signal) => {
      log.error({ signal }, 'second signal: exiting at once');
      supervisor.kill();
      process.exit(1);
    },
  );
  await options.started;
  await serviceManager.ready(url, async () => options.statusLine(await supervisor.health()));
}

function newSupervisor<R extends Report>(options: SupervisionOptions<R>, registry: Registry): Supervisor<R> {
  const restarts = countRestarts(options.role, registry);
  return new Supervisor<R>({
    workers: options.workers,
    log: options.log,
    fork: options.fork,
    onRestart: (reason) => restarts.inc({ reason }),
    ...(options.onEnded && { onEnded: options.onEnded }),
    stopTimeoutMs: options.stopTimeoutMs,
    workerTimeoutMs: options.workerTimeoutMs,
  });
}

/** Adds to the registry what a role's supervisor counts itself. */
export function countRestarts(role: string, registry: Registry): Counter {
  return new Counter({
    name: `${role}_worker_restarts_total`,
    help: 'Restarts of workers, by reason: `ended` by itself, or killed as `silent` or at a `standstill`.',
    labelNames: ['reason'],
    registers: [registry],
  });
}

/** False where a worker had to be killed. */
async function drain<R extends Report>(
  supervisor: Supervisor<R>,
  { stopTimeoutMs, exitAllowanceMs, serviceManager, log }: SupervisionOptions<R>,
): Promise<boolean> {
  const told = serviceManager.stopping(stopTimeoutMs + exitAllowanceMs);
  const clean = await supervisor.stop();
  log.info({ clean }, 'drained');
  await told;
  return clean;
}
