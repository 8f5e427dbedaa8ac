import { get } from 'node:http';
import { join } from 'node:path';
import type { LocalConfig } from './config.ts';
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
}

export function rolesOf(config: LocalConfig): readonly Role[] {
  return [
    {
      name: 'producer',
      program: 'producer/main.js',
      url: httpUrl(config.producerHost, config.producerPort),
    },
    { name: 'sink', program: 'sink/main.js', url: httpUrl(config.sinkHost, config.sinkPort) },
  ];
}

function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Longer than the sink's own deadline for draining: only a role that hangs is killed. */
const GRACE_MS = 60_000;
const READY_WITHIN_MS = 120_000;

export function roleProcess({ name, program, url }: Role, config: LocalConfig): NodeProcess {
  return new NodeProcess({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS[name], join(root, 'dist', program)],
    env: config.roleEnvironment,
    logFile: join(config.dataFolder, 'logs', `${name}.log`),
    ready: () => isReady(url),
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
