import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { javaCommandLine, runJava } from '../process/java.ts';
import { type ClusterNode, NodeProcess } from '../process/node-process.ts';
import { checkPorts } from '../process/port-check.ts';
import { root } from '../process/root.ts';
import { kafkaAnswers } from './kafka-probe.ts';

export interface KafkaOptions {
  /** Holds the data and the generated configuration. Existing data is used again. */
  readonly folder: string;
  readonly port?: number;
  readonly controllerPort?: number;
  /** The default is `<folder>/logs`. */
  readonly logFolder?: string;
  /** Further properties of the broker, as in server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface KafkaCluster {
  /** `127.0.0.1:<port>`, for `bootstrap.servers`. */
  readonly brokers: string;
  readonly broker: ClusterNode;
  stop(): Promise<void>;
}

/** The cluster id has to be the same at each start. No other cluster ever talks to this broker. */
const CLUSTER_ID = 'bG9jYWwtY2x1c3Rlci0wMQ';

/**
 * Starts one real broker on 127.0.0.1. The broker is its own KRaft controller.
 *
 * @throws {PortsTakenError}
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaCluster> {
  const kafka = await prepareKafka(options);
  await kafka.broker.start();
  return kafka;
}

/** Checks the ports and formats a new folder. Does not start the broker. */
export async function prepareKafka(options: KafkaOptions): Promise<KafkaCluster> {
  const port = options.port ?? (await freePort());
  const controllerPort = options.controllerPort ?? (await freePort());
  await checkPorts([
    { port, server: 'Kafka', variable: 'KAFKA_PORT' },
    { port: controllerPort, server: "Kafka's controller", variable: 'KAFKA_CONTROLLER_PORT' },
  ]);
  const settings = ownSettings(options, port, controllerPort);
  await formatWhenNew(options.folder, settings);
  const configFile = writeConfig(join(options.folder, 'server.properties'), settings);
  const broker = new NodeProcess({
    name: 'kafka',
    ...javaCommandLine({
      product: 'kafka',
      mainClass: 'kafka.Kafka',
      heapMb: 512,
      systemProperties: { 'log4j2.configurationFile': join(root, 'infra/local/kafka/log4j2.properties') },
      args: [configFile],
    }),
    logFile: join(options.logFolder ?? join(options.folder, 'logs'), 'kafka.log'),
    ready: () => kafkaAnswers(port),
    graceMs: 20_000,
  });
  return { brokers: `127.0.0.1:${port}`, broker, stop: () => broker.stop() };
}

type Settings = Readonly<Record<string, string>>;

function ownSettings({ folder, properties }: KafkaOptions, port: number, controllerPort: number): Settings {
  return {
    'log.dirs': join(folder, 'data'),
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    ...properties,
  };
}

/** Writes the shipped file and then the settings of this run. The last line of a name counts. */
function writeConfig(file: string, settings: Settings): string {
  const shipped = readFileSync(join(root, 'infra/local/kafka/server.properties'), 'utf8');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, `${shipped}\n${lines.join('\n')}\n`);
  return file;
}

/** Formats `data.new` and renames it. An interrupted format thus leaves no `data` behind. */
async function formatWhenNew(folder: string, settings: Settings): Promise<void> {
  const data = join(folder, 'data');
  if (existsSync(data)) return;
  const beside = join(folder, 'data.new');
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  const configFile = writeConfig(join(folder, 'format.properties'), { ...settings, 'log.dirs': beside });
  await runJava({
    product: 'kafka',
    mainClass: 'kafka.tools.StorageTool',
    heapMb: 128,
    args: ['format', '--cluster-id', CLUSTER_ID, '--config', configFile],
  });
  renameSync(beside, data);
}
