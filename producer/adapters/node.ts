import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { type Logger, pino } from 'pino';
import { assemble } from '../assembly.ts';
import { check } from '../check.ts';
import { type ProducerConfig, printable, readConfig } from '../config.ts';
import { SettingsError } from '../contract/settings.ts';
import type { Health } from '../health.ts';
import { KafkaEventLog } from '../kafka-event-log.ts';
import { type ManagementOptions, mountManagement } from '../management.ts';
import { readMode, UsageError } from '../process/command-line.ts';
import { LogOutput } from '../process/log-output.ts';
import { ServiceManager } from '../process/service-manager.ts';
import { type NodeServer, openServer } from './node-server.ts';
import { mountSite } from './site.ts';

/** The producer as a process: alone here are signals, exit codes and the environment. */
async function main(): Promise<void> {
  const mode = readMode('producer', process.argv.slice(2));
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
  log.info({ settings: printable(config) }, 'starting');
  const eventLog = new KafkaEventLog({ settings: config, log });
  const runtime = { peerOf: (c: Context) => getConnInfo(c).remote.address };
  const { app, ...assembly } = assemble({ config, eventLog, runtime, log });
  if (!mountSite(app)) log.warn('the site is not built, and not served');
  const servers = openServers(config, app, assembly);
  const urls = await Promise.all(servers.map((server) => listen(server, log)));
  eventLog.start();
  const { health } = assembly;
  drainOnSignal({ servers, eventLog, health, serviceManager, log, withinMs: config.DRAIN_TIMEOUT_MS });
  // The last is where /livez is.
  await serviceManager.ready(
    urls.at(-1) ?? '',
    () => `${health.readiness}, ${eventLog.awaited} events in flight`,
  );
}

/** The API's, and one for the operators where they have a port of their own. */
function openServers(config: ProducerConfig, app: Hono, parts: ManagementOptions): NodeServer[] {
  const { HOST, PORT, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT } = config;
  const timeouts = {
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
  };
  const management = MANAGEMENT_PORT === undefined ? app : new Hono();
  mountManagement(management, parts);
  const api = openServer(app, { host: HOST, port: PORT, ...timeouts });
  if (MANAGEMENT_PORT === undefined) return [api];
  return [api, openServer(management, { host: MANAGEMENT_HOST, port: MANAGEMENT_PORT, ...timeouts })];
}

async function listen(server: NodeServer, log: Logger): Promise<string> {
  try {
    const url = await server.listening();
    log.info({ url }, 'listening');
    return url;
  } catch (error) {
    log.fatal({ err: error }, 'cannot listen there: set HOST or PORT (MANAGEMENT_HOST or MANAGEMENT_PORT)');
    process.exit(1);
  }
}

interface Running {
  readonly servers: readonly NodeServer[];
  readonly eventLog: KafkaEventLog;
  readonly health: Health;
  readonly serviceManager: ServiceManager;
  readonly log: Logger;
  readonly withinMs: number;
}

/** Under npm a Ctrl-C comes twice, from the terminal and from npm: so soon after the first it is not a second one. */
const SAME_SIGNAL_WITHIN_MS = 1_000;

/** The first signal drains and exits 0, or 1 where outcomes stay unknown; the second exits at once. */
function drainOnSignal(running: Running): void {
  const { eventLog, health, log } = running;
  let drainingSinceMs = Number.NaN;
  const onSignal = (signal: NodeJS.Signals) => {
    if (performance.now() - drainingSinceMs < SAME_SIGNAL_WITHIN_MS) return;
    if (health.draining) {
      log.error({ signal, unknown: eventLog.awaited }, 'exiting at once');
      process.exit(1);
    }
    drainingSinceMs = performance.now();
    log.info({ signal, inFlight: eventLog.awaited }, 'draining');
    void drain(running).then((unknown) => process.exit(unknown === 0 ? 0 : 1));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function drain(running: Running): Promise<number> {
  const { servers, eventLog, health, serviceManager, log, withinMs } = running;
  const [api] = servers;
  const until = performance.now() + withinMs;
  health.drain();
  // The operators' port goes on to say what is going on.
  api?.refuse();
  const told = serviceManager.stopping(withinMs + EXIT_ALLOWANCE_MS);
  const unknown = await eventLog.close(withinMs);
  await api?.settle(Math.max(ANSWER_MS, until - performance.now()));
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
