import cluster from 'node:cluster';
import { Hono } from 'hono';
import { type Logger, pino } from 'pino';
import { readMode, UsageError, usage } from '../infra/runtime/command-line.ts';
import { LogOutput } from '../infra/runtime/log-output.ts';
import { ServiceManager } from '../infra/runtime/service-manager.ts';
import { onStopSignals } from '../infra/runtime/stop-signals.ts';
import { assemble } from './assembly.ts';
import { check } from './check.ts';
import { type ProducerConfig, printable, readConfig } from './config.ts';
import { SettingsError } from './contract/settings.ts';
import { KafkaEventLog } from './kafka/kafka-event-log.ts';
import type { Health } from './operations/health.ts';
import { type ManagementOptions, mountManagement } from './operations/management.ts';
import { runPrimary } from './primary.ts';
import { listenOrExit } from './server/listen.ts';
import { NODE_RUNTIME } from './server/node-runtime.ts';
import { type NodeServer, openServer } from './server/node-server.ts';
import { mountSite } from './server/site.ts';
import { obeyPrimary } from './worker.ts';

/** The producer as a process: alone here are signals, exit codes and the environment. */
async function main(): Promise<void> {
  const mode = readMode('producer', process.argv.slice(2));
  if (mode === 'help') return say(usage('producer'));
  const config = readConfig();
  switch (mode) {
    case 'run':
      return run(config);
    case 'check':
      process.exit((await check(config, say)) ? 0 : 1);
      break;
    case 'check-settings':
      say('the settings are right');
      process.exit(0);
  }
}

async function run(config: ProducerConfig): Promise<void> {
  const log = pino({ name: 'producer', level: config.LOG_LEVEL }, new LogOutput());
  const serviceManager = new ServiceManager({
    socket: config.NOTIFY_SOCKET,
    watchdogUsec: config.WATCHDOG_USEC,
    onFailure: (error) => log.error({ err: error }, 'systemd was not told'),
  });
  if (!cluster.isWorker) log.info({ settings: printable(config) }, 'starting');
  if (cluster.isPrimary && config.PRODUCER_WORKERS > 1) return runPrimary({ config, log, serviceManager });
  const eventLog = new KafkaEventLog({ settings: config, log });
  const { app, ...assembly } = assemble({ config, eventLog, runtime: NODE_RUNTIME, log });
  if (!mountSite(app)) log.warn('the site is not built, and not served');
  const servers = openServers(config, app, assembly);
  const urls = await Promise.all(servers.map((server) => listenOrExit(server, log)));
  eventLog.start();
  const { health } = assembly;
  const withinMs = config.DRAIN_TIMEOUT_MS;
  const running = { servers, eventLog, health, serviceManager, log, withinMs };
  if (cluster.isWorker) return workForPrimary(running, assembly);
  drainOnSignal(running);
  // The last is where /livez is.
  await serviceManager.ready(
    urls.at(-1) ?? '',
    () => `${health.readiness}, ${eventLog.awaited} events in flight`,
  );
}

/** The API's, and one for the operators where they have a port of their own; a worker's are the primary's. */
function openServers(config: ProducerConfig, app: Hono, parts: ManagementOptions): NodeServer[] {
  const { HOST, PORT, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT } = config;
  const timeouts = {
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
  };
  if (cluster.isWorker) return [openServer(app, { host: HOST, port: PORT, ...timeouts })];
  const management = MANAGEMENT_PORT === undefined ? app : new Hono();
  mountManagement(management, parts);
  const api = openServer(app, { host: HOST, port: PORT, ...timeouts });
  if (MANAGEMENT_PORT === undefined) return [api];
  return [api, openServer(management, { host: MANAGEMENT_HOST, port: MANAGEMENT_PORT, ...timeouts })];
}

interface Running {
  readonly servers: readonly NodeServer[];
  readonly eventLog: KafkaEventLog;
  readonly health: Health;
  readonly serviceManager: ServiceManager;
  readonly log: Logger;
  readonly withinMs: number;
}

/** The first signal drains and exits 0, or 1 where outcomes stay unknown; the second exits at once. */
function drainOnSignal(running: Running): void {
  const { eventLog, log } = running;
  onStopSignals(
    (signal) => {
      log.info({ signal, inFlight: eventLog.awaited }, 'draining');
      void drain(running).then((unknown) => process.exit(unknown === 0 ? 0 : 1));
    },
    (signal) => {
      log.error({ signal, unknown: eventLog.awaited }, 'exiting at once');
      process.exit(1);
    },
  );
}

function workForPrimary(running: Running, { health, registry }: ManagementOptions): void {
  const { eventLog, log, withinMs } = running;
  obeyPrimary({
    health,
    registry,
    awaited: () => eventLog.awaited,
    drain: async (why) => {
      log.info({ why, inFlight: eventLog.awaited }, 'draining');
      return (await drain(running)) === 0 ? 0 : 1;
    },
    graceMs: withinMs + EXIT_ALLOWANCE_MS,
  });
}

async function drain(running: Running): Promise<number> {
  const { servers, eventLog, health, serviceManager, log, withinMs } = running;
  const [api] = servers;
  const until = performance.now() + withinMs;
  health.drain();
  // The operators' port goes on to say what is going on.
  api?.stopAccepting();
  const told = serviceManager.stopping(withinMs + EXIT_ALLOWANCE_MS);
  const unknown = await eventLog.close(withinMs);
  await api?.finishAnswers(Math.max(ANSWER_MS, until - performance.now()));
  if (unknown > 0) log.error({ unknown }, 'drained too late: outcomes are left unknown');
  else log.info('drained');
  await told;
  return unknown;
}

/** Even past the deadline those whose outcome is unknown are told so. */
const ANSWER_MS = 200;
/** And then the process ends within so long. */
const EXIT_ALLOWANCE_MS = 5_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await main().catch((error: unknown) => {
  if (!(error instanceof SettingsError || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
