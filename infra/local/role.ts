import { get } from 'node:http';
import { join } from 'node:path';
import type { LocalConfig } from './config.ts';
import type { Environment } from './process/environment.ts';
import { NODE_FLAGS } from './process/node-flags.ts';
import { NodeProcess } from './process/node-process.ts';
import { root } from './process/root.ts';

/** The producer or the sink: which program it runs, and where it answers HTTP. */
export interface Role {
  readonly name: keyof typeof NODE_FLAGS;
  /** The path of its main module below `dist/`. */
  readonly program: string;
  /** The address of its HTTP server, `http://<host>:<port>`. */
  readonly url: string;
  /** Where it answers operators. */
  readonly managementUrl: string;
  readonly env: Environment;
}

export function rolesOf(config: LocalConfig): readonly Role[] {
  const { roleEnvironment, producerHost, producerPort, producerManagementPort } = config;
  const sinkUrl = httpUrl(config.sinkHost, config.sinkPort);
  return [
    {
      name: 'producer',
      program: 'producer/main.js',
      url: httpUrl(producerHost, producerPort),
      managementUrl: httpUrl(producerHost, producerManagementPort ?? producerPort),
      env: roleEnvironment,
    },
    {
      name: 'sink',
      program: 'sink/main.js',
      url: sinkUrl,
      managementUrl: sinkUrl,
      env: sinkEnvironment(roleEnvironment),
    },
  ];
}

/**
 * Both roles take MANAGEMENT_HOST and MANAGEMENT_PORT, and here they share one environment. So
 * SINK_HOST and SINK_PORT name the sink's.
 */
function sinkEnvironment(env: Environment): Environment {
  const { SINK_HOST: MANAGEMENT_HOST, SINK_PORT: MANAGEMENT_PORT, ...rest } = env;
  return { ...rest, MANAGEMENT_HOST, MANAGEMENT_PORT };
}

function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Longer than the sink's own deadline for draining: only a role that hangs is killed. */
const GRACE_MS = 60_000;
const READY_WITHIN_MS = 120_000;

export function roleProcess({ name, program, managementUrl, env }: Role, config: LocalConfig): NodeProcess {
  return new NodeProcess({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS[name], join(root, 'dist', program)],
    env,
    logFile: join(config.dataFolder, 'logs', `${name}.log`),
    ready: () => isReady(managementUrl),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: GRACE_MS,
  });
}

/** Whether the role at `url` answers 200 on `/readyz`. Rejects where it does not answer. */
function isReady(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/readyz`, { agent: false, signal: AbortSignal.timeout(2_000) }, (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', reject);
  });
}
