import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { Counter, Registry } from 'prom-client';
import { readMode, UsageError, usage } from '../infra/runtime/command-line.ts';
import { httpUrl } from '../infra/runtime/http-url.ts';
import { LogOutput } from '../infra/runtime/log-output.ts';
import { ServiceManager } from '../infra/runtime/service-manager.ts';
import { onStopSignals } from '../infra/runtime/stop-signals.ts';
import { Supervisor } from '../infra/runtime/supervisor.ts';
import { SettingsError } from '../producer/contract/settings.ts';
import { check } from './check.ts';
import { LEAVE_ALLOWANCE_MS, printable, readConfig, type SinkConfig } from './config.ts';
import { createHealthApp } from './operations/health.ts';
import type { WorkerReport } from './operations/report.ts';
import { statusLine } from './operations/status-line.ts';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** The daemon: supervises the workers, answers for their health, and stops them safely. */
function main(config: SinkConfig): void {
  const log = pino({ level: config.LOG_LEVEL, base: { role: 'sink' } }, new LogOutput());
  const stopTimeoutMs = config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS;
  const registry = new Registry();
  const restarts = new Counter({
    name: 'sink_worker_restarts_total',
    help: 'Workers started again, by why: ended unasked, or killed for being silent or at a standstill.',
    labelNames: ['reason'],
    registers: [registry],
  });
  const supervisor = new Supervisor<WorkerReport>({
    workers: config.SINK_WORKERS,
    log,
    fork: (index) => fork(WORKER, [String(index), String(process.pid)]),
    onRestart: (reason) => restarts.inc({ reason }),
    stopTimeoutMs,
    workerTimeoutMs: config.WORKER_TIMEOUT_MS,
  });
  const serviceManager = new ServiceManager({
    socket: config.NOTIFY_SOCKET,
    watchdogUsec: config.WATCHDOG_USEC,
    onFailure: (error) => log.error({ err: error }, 'systemd was not told'),
  });
  let stopping = false;
  const app = createHealthApp({
    workers: () => supervisor.health(),
    stopping: () => stopping,
    registry,
  });
  const server = serve(
    { fetch: app.fetch, hostname: config.SINK_HOST, port: config.SINK_PORT },
    (address) => {
      log.info({ port: address.port, settings: printable(config) }, 'sink started');
      supervisor.start();
      void serviceManager.ready(httpUrl(address), async () => statusLine(await supervisor.health()));
    },
  );
  server.on('error', (error) => {
    log.fatal({ err: error }, `cannot listen on ${config.SINK_HOST}:${config.SINK_PORT}; set SINK_PORT`);
    process.exit(1);
  });

  async function stop(signal: string): Promise<void> {
    stopping = true;
    log.info({ signal }, 'sink stops');
    const [clean] = await Promise.all([supervisor.stop(), serviceManager.stopping(stopTimeoutMs)]);
    log.info({ clean }, 'sink stopped');
    process.exit(clean ? 0 : 1);
  }
  function stopAtOnce(signal: string): void {
    log.error({ signal }, 'second signal: ending at once; the next start reads the rest again');
    supervisor.kill();
    process.exit(130);
  }
  onStopSignals((signal) => void stop(signal), stopAtOnce);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const mode = readMode('sink', process.argv.slice(2));
  if (mode === 'help') {
    say(usage('sink'));
    process.exit(0);
  }
  const config = readConfig();
  switch (mode) {
    case 'run':
      main(config);
      break;
    case 'check':
      process.exit((await check(config, say)) ? 0 : 1);
      break;
    case 'check-settings':
      say('the settings are right');
      process.exit(0);
  }
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
