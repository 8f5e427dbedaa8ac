import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { createApp } from '../app.ts';
import { check } from '../check.ts';
import { type ProducerConfig, printable, readConfig } from '../config.ts';
import { SettingsError } from '../contract/settings.ts';
import { Health } from '../health.ts';
import { KafkaEventLog } from '../kafka-event-log.ts';
import { createMetrics } from '../metrics.ts';
import { readMode, UsageError } from '../process/command-line.ts';
import { LogOutput } from '../process/log-output.ts';
import { ServiceManager } from '../process/service-manager.ts';
import { NodeServer } from './node-server.ts';
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
  const health = new Health(eventLog);
  const app = createApp({ eventLog, health, metrics: createMetrics(new Registry()), log });
  if (!mountSite(app)) log.warn('the site is not built, and not served');
  const server = new NodeServer(
    serve({ fetch: app.fetch, hostname: config.HOST, port: config.PORT }) as Server,
  );
  const url = await listen(server, config, log);
  eventLog.start();
  drainOnSignal({ server, eventLog, health, serviceManager, log, withinMs: config.DRAIN_TIMEOUT_MS });
  await serviceManager.ready(url, () => `${health.readiness}, ${eventLog.awaited} events in flight`);
}

async function listen(server: NodeServer, { HOST, PORT }: ProducerConfig, log: Logger): Promise<string> {
  try {
    const url = await server.listening();
    log.info({ url }, 'listening');
    return url;
  } catch (error) {
    log.fatal({ err: error, host: HOST, port: PORT }, 'cannot listen there: set HOST or PORT');
    process.exit(1);
  }
}

interface Running {
  readonly server: NodeServer;
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
  const { server, eventLog, health, serviceManager, log, withinMs } = running;
  const until = performance.now() + withinMs;
  health.drain();
  server.refuse();
  const told = serviceManager.stopping(withinMs + EXIT_ALLOWANCE_MS);
  const unknown = await eventLog.close(withinMs);
  await server.settle(Math.max(ANSWER_MS, until - performance.now()));
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
