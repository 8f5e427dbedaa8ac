import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { SettingsError } from '../producer/contract/settings.ts';
import { check } from './check.ts';
import { LEAVE_ALLOWANCE_MS, printable, readConfig, type SinkConfig } from './config.ts';
import { createHealthApp } from './health.ts';
import { Supervisor } from './supervisor.ts';

/** Under npm a Ctrl-C comes twice, from the terminal and from npm: so soon after the first it is not a second one. */
const SAME_SIGNAL_WITHIN_MS = 1_000;

/** The daemon: supervises the workers, answers for their health, and stops them safely. */
function main(config: SinkConfig): void {
  const log = pino({ level: config.LOG_LEVEL, base: { role: 'sink' } });
  const supervisor = new Supervisor({
    workers: config.SINK_WORKERS,
    log,
    stopTimeoutMs: config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS,
  });
  let stoppingSinceMs: number | undefined;
  const app = createHealthApp({
    workers: () => supervisor.health(),
    stopping: () => stoppingSinceMs !== undefined,
  });
  const server = serve(
    { fetch: app.fetch, hostname: config.SINK_HOST, port: config.SINK_PORT },
    (address) => {
      log.info({ port: address.port, settings: printable(config) }, 'sink started');
      supervisor.start();
    },
  );
  server.on('error', (error) => {
    log.fatal({ err: error }, `cannot listen on ${config.SINK_HOST}:${config.SINK_PORT}; set SINK_PORT`);
    process.exit(1);
  });

  async function stop(signal: string): Promise<void> {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs < SAME_SIGNAL_WITHIN_MS) return;
      log.error({ signal }, 'second signal: ending at once; the next start reads the rest again');
      supervisor.kill();
      process.exit(130);
    }
    stoppingSinceMs = performance.now();
    log.info({ signal }, 'sink stops');
    const clean = await supervisor.stop();
    log.info({ clean }, 'sink stopped');
    process.exit(clean ? 0 : 1);
  }
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

try {
  const config = readConfig();
  const [option, ...more] = process.argv.slice(2);
  if (more.length > 0 || (option !== undefined && option !== '--check')) {
    process.stderr.write('usage: sink [--check]; all else is configured by the environment\n');
    process.exit(1);
  }
  if (option === '--check') {
    process.exit((await check(config, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1);
  }
  main(config);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
