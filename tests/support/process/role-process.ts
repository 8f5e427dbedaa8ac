import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { NODE_FLAGS } from '../../../infra/local/process/node-flags.ts';
import { root } from '../../../infra/local/process/root.ts';
import { until } from '../until.ts';
import { type Exit, follow } from './followed-child.ts';

export type { Exit };

export type RoleName = 'producer' | 'sink';
export type Variables = Readonly<Record<string, string | undefined>>;

/** A built role as a child process of the test. */
export interface RoleProcess {
  readonly pid: number;
  readonly url: string;
  /** The address of /livez, /readyz and /metrics: on MANAGEMENT_PORT where that is set. */
  readonly managementUrl: string;
  /** Its output so far, standard error included. */
  logs(): string;
  signal(signal: NodeJS.Signals): void;
  exited(): Promise<Exit>;
  /** Resolves when /readyz answers 200. */
  ready(withinMs?: number): Promise<void>;
  /** Sends SIGTERM and wakes a frozen process. Sends SIGKILL where it does not end in time. */
  stop(): Promise<Exit>;
}

const PROGRAM = { producer: 'producer/main.js', sink: 'sink/main.js' } as const;
const PORT = { producer: 'PORT', sink: 'MANAGEMENT_PORT' } as const;
const STOP_WITHIN_MS = 20_000;

/**
 * Starts a role on a free port and resolves once it answers /livez. `ready` waits until it is
 * ready.
 *
 * @throws with its output where it ends, or does not answer within `withinMs`
 */
export async function startRole(role: RoleName, env: Variables, withinMs = 20_000): Promise<RoleProcess> {
  const port = String(await freePort());
  const settings: Variables = { ...env, [PORT[role]]: port };
  const urls = [port, settings['MANAGEMENT_PORT'] ?? port].map((each) => `http://127.0.0.1:${each}`);
  const running = spawnRole(role, settings, urls);
  const over = running.exited().then(() => 'exited' as const);
  const alive = until(async () => (await status(`${running.managementUrl}/livez`)) === 200, {
    what: `${role} answers`,
    withinMs,
  });
  const outcome = await Promise.race([over, alive]).catch((error: unknown) => error);
  if (outcome === true) return running;
  alive.catch(() => {});
  await running.stop();
  throw new Error(`${role} did not start (${outcome}):\n${running.logs()}`);
}

export interface Run extends Exit {
  readonly output: string;
}

/**
 * Runs a role that ends by itself. A role that has not ended after `withinMs` is killed, and has no
 * exit code.
 */
export async function runRole(
  role: RoleName,
  env: Variables,
  { args = [], withinMs = 30_000 }: { args?: readonly string[]; withinMs?: number } = {},
): Promise<Run> {
  const running = spawnRole(role, env, [], args);
  const deadline = setTimeout(() => running.signal('SIGKILL'), withinMs);
  const exit = await running.exited().finally(() => clearTimeout(deadline));
  const killed = exit.signal === 'SIGKILL' ? `\n(killed after ${withinMs} ms)` : '';
  return { ...exit, output: `${running.logs()}${killed}` };
}

function spawnRole(
  role: RoleName,
  env: Variables,
  [url = '', managementUrl = url]: readonly string[],
  args: readonly string[] = [],
): RoleProcess {
  const program = join(root, 'dist', PROGRAM[role]);
  const child = spawn(process.execPath, [...NODE_FLAGS[role], program, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { logs, exit } = follow(child);
  return {
    pid: child.pid ?? Number.NaN,
    url,
    managementUrl,
    logs,
    signal: (signal) => void child.kill(signal),
    exited: () => exit,
    ready: async (withinMs = 20_000) => {
      await until(async () => (await status(`${managementUrl}/readyz`)) === 200, {
        what: `${role} is ready`,
        withinMs,
      });
    },
    stop: () => stopChild(child, exit),
  };
}

async function stopChild(child: ChildProcess, exit: Promise<Exit>): Promise<Exit> {
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  return exit.finally(() => clearTimeout(kill));
}

async function status(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
