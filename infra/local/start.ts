import { join, relative } from 'node:path';
import { takeLockNow } from '../setup/host/lock.mjs';
import { type LocalConfig, readLocalConfig } from './config.ts';
import { wantedPorts } from './hdfs/hdfs-ports.ts';
import { Pipeline } from './pipeline.ts';
import { checkPorts } from './process/port-check.ts';
import { welcome } from './welcome.ts';

/** `npm start`: the whole pipeline on this machine, until Ctrl-C. */
const startedAt = performance.now();
let pipeline: Pipeline | undefined;
let endingSince: number | undefined;

/**
 * Under npm this process gets one Ctrl-C twice: from the terminal, and passed on by npm. A signal
 * that follows the first one within this time does not count as a second Ctrl-C.
 */
const SAME_SIGNAL_WITHIN_MS = 1_000;
const PARENT_CHECK_MS = 1_000;

function say(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  console.log(`[${seconds} s] ${line}`);
}

async function end(code: number): Promise<void> {
  if (endingSince !== undefined) return;
  endingSince = performance.now();
  try {
    await pipeline?.stop();
  } catch (error) {
    console.error(error);
    pipeline?.kill();
    process.exit(1);
  }
  process.exit(code);
}

function onSignal(signal: NodeJS.Signals): void {
  if (endingSince !== undefined) {
    if (performance.now() - endingSince < SAME_SIGNAL_WITHIN_MS) return;
    pipeline?.kill();
    process.exit(130);
  }
  say(`${signal}: stopping once the sink has drained; press Ctrl-C again to stop at once`);
  void end(0);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  void end(1);
}

/**
 * npm passes no SIGKILL on. Where npm is killed, this process notices that its parent has changed.
 */
function stopWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void end(1);
  }, PARENT_CHECK_MS);
}

/** Two brokers that share one folder damage its data, and Kafka does not prevent it. */
function lockData(config: LocalConfig, shown: string): void {
  const taken = takeLockNow(join(config.dataFolder, 'lock'));
  if (typeof taken === 'number') {
    throw new Error(
      `Another npm start (pid ${taken}) uses ${shown}/. Stop it, or set DATA_DIR to another folder.`,
    );
  }
  process.once('exit', taken);
}

async function start(config: LocalConfig): Promise<void> {
  if (config.underNpm) stopWithParent();
  await checkPorts([
    { port: config.producerPort, server: 'page and API', variable: 'PORT' },
    { port: config.sinkPort, server: 'health and metrics of the sink', variable: 'SINK_PORT' },
    { port: config.kafkaPort, server: 'Kafka', variable: 'KAFKA_PORT' },
    { port: config.kafkaControllerPort, server: "Kafka's controller", variable: 'KAFKA_CONTROLLER_PORT' },
    ...wantedPorts({ nameNodes: [config.hdfsPorts], dataNodes: [config.hdfsPorts.dataNode] }),
  ]);
  const data = relative(process.cwd(), config.dataFolder);
  lockData(config, data);
  say(`starting Kafka and HDFS with data in ${data}/`);
  pipeline = await Pipeline.prepare(config, say);
  if (endingSince !== undefined) return;
  await pipeline.start();
  console.log(welcome(config, `${data}/logs`));
}

// The terminal may be gone before this process ends.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
try {
  await start(readLocalConfig());
} catch (error) {
  if (endingSince === undefined) fail(error);
}
