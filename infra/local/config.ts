import { resolve } from 'node:path';
import type { HdfsPorts } from './hdfs/hdfs-ports.ts';
import type { Environment } from './process/environment.ts';
import { root } from './process/root.ts';

/** What `npm start` is told by its environment. */
export interface LocalConfig {
  readonly dataFolder: string;
  readonly topic: string;
  readonly kafkaPort: number;
  readonly kafkaControllerPort: number;
  readonly hdfsPorts: HdfsPorts;
  readonly producerHost: string;
  readonly producerPort: number;
  readonly sinkHost: string;
  readonly sinkPort: number;
  /** Whether npm started this process, and so is what a user sees of it. */
  readonly underNpm: boolean;
  /** The environment of the roles: the user's, with this cluster's addresses. */
  readonly roleEnvironment: Environment;
}

export class LocalConfigError extends Error {
  override readonly name = 'LocalConfigError';
}

/** @throws {LocalConfigError} naming every mistake */
export function readLocalConfig(env: Environment = process.env): LocalConfig {
  const problems: string[] = [];
  const port = (name: string, byDefault: number) => {
    const text = env[name] || String(byDefault);
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < 1 || value > 65_535) problems.push(`${name}: "${text}" is not a port`);
    return value;
  };
  const kafkaPort = port('KAFKA_PORT', 9092);
  const hdfsPorts = {
    http: port('HDFS_HTTP_PORT', 9870),
    rpc: port('HDFS_RPC_PORT', 8020),
    dataNode: {
      data: port('HDFS_DATANODE_PORT', 9866),
      http: port('HDFS_DATANODE_HTTP_PORT', 9864),
      ipc: port('HDFS_DATANODE_IPC_PORT', 9867),
    },
  };
  const config = {
    dataFolder: resolve(root, env['DATA_DIR'] || '.data'),
    topic: env['KAFKA_TOPIC'] || 'web-events',
    kafkaPort,
    kafkaControllerPort: port('KAFKA_CONTROLLER_PORT', 9093),
    hdfsPorts,
    producerHost: reachable(env['HOST']),
    producerPort: port('PORT', 8080),
    sinkHost: reachable(env['SINK_HOST']),
    sinkPort: port('SINK_PORT', 8081),
    underNpm: env['npm_lifecycle_event'] !== undefined,
    roleEnvironment: roleEnvironment(env, kafkaPort, hdfsPorts),
  };
  if (problems.length > 0) throw new LocalConfigError(problems.join('\n'));
  return config;
}

/** Where one who is on this machine finds a server that listens on `host`. */
function reachable(host: string | undefined): string {
  return host === undefined || ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
}

/**
 * The environment of the roles. They talk to the cluster that `npm start` starts, whatever address
 * the user's environment names. Of the user's `HDFS_URL` only the scheme counts: `http` has the sink
 * speak WebHDFS. The sink is a static member of its group, so its restart causes no rebalance.
 */
function roleEnvironment(env: Environment, kafkaPort: number, { http, rpc }: HdfsPorts): Environment {
  const hdfsUrl = speaksWebHdfs(env) ? `http://127.0.0.1:${http}` : `hdfs://127.0.0.1:${rpc}`;
  return {
    KAFKA_INSTANCE_ID: 'local',
    ...env,
    KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
    HDFS_URL: hdfsUrl,
  };
}

const speaksWebHdfs = (env: Environment): boolean => /^\s*https?:/.test(env['HDFS_URL'] ?? '');
