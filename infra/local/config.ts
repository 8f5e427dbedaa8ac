import { resolve } from 'node:path';
import type { HdfsPorts } from './hdfs/hdfs-ports.ts';
import type { Environment } from './process/environment.ts';
import { root } from './process/root.ts';

/** The settings of `npm start`. */
export interface LocalConfig {
  readonly dataFolder: string;
  readonly topic: string;
  readonly kafkaPort: number;
  readonly kafkaControllerPort: number;
  readonly hdfsPorts: HdfsPorts;
  readonly producerHost: string;
  readonly producerPort: number;
  /** Where the producer's operators ask, if not at `producerPort`. */
  readonly producerManagementPort: number | undefined;
  readonly sinkHost: string;
  readonly sinkPort: number;
  /** Whether npm started this process. npm is then the process that a user sees and ends. */
  readonly underNpm: boolean;
  /** The environment of the roles: the user's environment with the addresses of this cluster. */
  readonly roleEnvironment: Environment;
}

export class LocalConfigError extends Error {
  override readonly name = 'LocalConfigError';
}

/** @throws {LocalConfigError} naming every mistake */
export function readLocalConfig(env: Environment = process.env): LocalConfig {
  const ports = new PortReader(env);
  const kafkaPort = ports.read('KAFKA_PORT', 9092);
  const hdfsPorts = readHdfsPorts(ports);
  const config = {
    dataFolder: resolve(root, env['DATA_DIR'] || '.data'),
    topic: env['KAFKA_TOPIC'] || 'web-events',
    kafkaPort,
    kafkaControllerPort: ports.read('KAFKA_CONTROLLER_PORT', 9093),
    hdfsPorts,
    producerHost: reachableHost(env['HOST']),
    producerPort: ports.read('PORT', 8080),
    producerManagementPort: env['MANAGEMENT_PORT'] ? ports.read('MANAGEMENT_PORT', 0) : undefined,
    sinkHost: reachableHost(env['SINK_HOST']),
    sinkPort: ports.read('SINK_PORT', 8081),
    underNpm: env['npm_lifecycle_event'] !== undefined,
    roleEnvironment: roleEnvironment(env, kafkaPort, hdfsPorts),
  };
  if (ports.problems.length > 0) throw new LocalConfigError(ports.problems.join('\n'));
  return config;
}

/** Reads ports from an environment and collects the mistakes. */
class PortReader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  read(name: string, byDefault: number): number {
    const text = this.#env[name] || String(byDefault);
    const port = Number(text);
    const isPort = /^\d+$/.test(text) && port >= 1 && port <= 65_535;
    if (!isPort) this.problems.push(`${name}: "${text}" is not a port`);
    return port;
  }
}

function readHdfsPorts(ports: PortReader): HdfsPorts {
  return {
    http: ports.read('HDFS_HTTP_PORT', 9870),
    rpc: ports.read('HDFS_RPC_PORT', 8020),
    dataNode: {
      data: ports.read('HDFS_DATANODE_PORT', 9866),
      http: ports.read('HDFS_DATANODE_HTTP_PORT', 9864),
      ipc: ports.read('HDFS_DATANODE_IPC_PORT', 9867),
    },
  };
}

/** The address at which a client on this machine reaches a server that listens on `host`. */
function reachableHost(host: string | undefined): string {
  return host === undefined || ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
}

/**
 * The environment of the roles. They talk to the cluster that `npm start` starts, whatever address
 * the user's environment names. Of the user's `HDFS_URL` only the scheme counts: `http` has the
 * sink speak WebHDFS. The sink is a static member of its group, so its restart causes no rebalance.
 */
function roleEnvironment(env: Environment, kafkaPort: number, { http, rpc }: HdfsPorts): Environment {
  return {
    KAFKA_INSTANCE_ID: 'local',
    ...env,
    KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
    HDFS_URL: speaksWebHdfs(env) ? `http://127.0.0.1:${http}` : `hdfs://127.0.0.1:${rpc}`,
  };
}

const speaksWebHdfs = (env: Environment): boolean => /^\s*https?:/.test(env['HDFS_URL'] ?? '');
