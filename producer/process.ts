import cluster from 'node:cluster';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { mountManagement } from '../infra/runtime/management.ts';
import { openManagement } from '../infra/runtime/management-server.ts';
import type { RoleContext } from '../infra/runtime/role.ts';
import type { ServiceManager } from '../infra/runtime/service-manager.ts';
import { onStopSignals } from '../infra/runtime/stop-signals.ts';
import { assemble } from './assembly.ts';
import { managementAddress, type ProducerConfig } from './config.ts';
import { KafkaEventLog } from './kafka/kafka-event-log.ts';
import type { Health } from './operations/health.ts';
import { producerHealth, statusLine } from './operations/role-health.ts';
import type { ProducerReport } from './operations/worker-report.ts';
import { listenOrExit } from './server/listen.ts';
import { NODE_RUNTIME } from './server/node-runtime.ts';
import { type NodeServer, openServer } from './server/node-server.ts';
import { mountSite } from './server/site.ts';
import { obeyPrimary } from './worker.ts';

/** After the drain's deadline the producer still answers clients with an unknown outcome, ms. */
const ANSWER_MS = 200;
/** The process ends within so long after its drain, ms. */
const EXIT_ALLOWANCE_MS = 5_000;

/** Runs one process that answers the API: the whole producer, or one worker of several. */
export async function runProcess({
  config,
  log,
  serviceManager,
}: RoleContext<ProducerConfig>): Promise<void> {
  const eventLog = new KafkaEventLog({ settings: config, log });
  const { app, health, registry } = assemble({ config, eventLog, runtime: NODE_RUNTIME, log });
  if (!mountSite(app)) log.warn('the site is not built; the producer serves the API alone');
  const report = () => reportOf(health, eventLog);
  const shared = config.MANAGEMENT_PORT === undefined;
  const management = shared ? app : new Hono();
  if (!cluster.isWorker) manage(management, report, registry);
  const server = openServer(app, {
    host: config.HOST,
    port: config.PORT,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
  });
  const url = await listenOrExit(server, log);
  const running = { server, eventLog, health, serviceManager, log, drainMs: config.DRAIN_TIMEOUT_MS };
  if (cluster.isWorker) {
    eventLog.start();
    return workForPrimary(running, report, registry);
  }
  const managementUrl = shared ? url : await openManagement(management, managementAddress(config), log);
  eventLog.start();
  drainOnSignal(running);
  await serviceManager.ready(managementUrl, () => statusLine(oneWorker(report())));
}

function manage(app: Hono, report: () => ProducerReport, registry: Registry): void {
  const health = () => {
    const said = report();
    return producerHealth(oneWorker(said), said.readiness === 'draining');
  };
  mountManagement(app, { role: 'producer', health, metrics: () => registry });
}

/** The one process, as a supervisor would see its worker. */
const oneWorker = (report: ProducerReport) => [{ state: 'answers' as const, pid: process.pid, report }];

function reportOf({ readiness, standstill }: Health, { awaited }: KafkaEventLog): ProducerReport {
  return { readiness, standstill, awaited };
}

interface Running {
  readonly server: NodeServer;
  readonly eventLog: KafkaEventLog;
  readonly health: Health;
  readonly serviceManager: ServiceManager;
  readonly log: Logger;
  readonly drainMs: number;
}

/**
 * The first signal drains. The process exits with 0, or with 1 where outcomes stay unknown. The
 * second signal exits at once with 1.
 */
function drainOnSignal(running: Running): void {
  const { eventLog, log } = running;
  onStopSignals(
    (signal) => {
      log.info({ signal, inFlight: eventLog.awaited }, 'draining');
      void drain(running).then((unknown) => process.exit(unknown === 0 ? 0 : 1));
    },
    (signal) => {
      log.error({ signal, unknown: eventLog.awaited }, 'second signal: exiting at once');
      process.exit(1);
    },
  );
}

function workForPrimary(running: Running, report: () => ProducerReport, registry: Registry): void {
  const { eventLog, log, drainMs } = running;
  obeyPrimary({
    report: async () => ({ ...report(), metrics: await registry.getMetricsAsJSON() }),
    drain: async (why) => {
      log.info({ why, inFlight: eventLog.awaited }, 'draining');
      return (await drain(running)) === 0 ? 0 : 1;
    },
    graceMs: drainMs + EXIT_ALLOWANCE_MS,
  });
}

/** Resolves with how many outcomes stay unknown. */
async function drain(running: Running): Promise<number> {
  const { server, eventLog, health, serviceManager, log, drainMs } = running;
  const until = performance.now() + drainMs;
  health.drain();
  // The operators' own port stays open: it tells that the producer drains.
  server.stopAccepting();
  const told = serviceManager.stopping(drainMs + EXIT_ALLOWANCE_MS);
  const unknown = await eventLog.close(drainMs);
  await server.finishAnswers(Math.max(ANSWER_MS, until - performance.now()));
  if (unknown > 0) log.error({ unknown }, 'not drained in time: outcomes stay unknown');
  else log.info('drained');
  await told;
  return unknown;
}
