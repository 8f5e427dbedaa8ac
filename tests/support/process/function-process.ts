import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { root } from '../../../infra/local/process/root.ts';
import { until } from '../until.ts';
import { follow } from './followed-child.ts';
import type { Exit, Variables } from './role-process.ts';

/** Google's functions framework with the built function, as a child process of the test. */
export interface FunctionProcess {
  readonly url: string;
  logs(): string;
  signal(signal: NodeJS.Signals): void;
  exited(): Promise<Exit>;
  stop(): Promise<Exit>;
}

const STOP_WITHIN_MS = 20_000;

/**
 * Resolves once the framework listens, with or without a connection to a broker.
 *
 * @throws with its output where it ends before
 */
export async function startFunctionsFramework(env: Variables): Promise<FunctionProcess> {
  const port = await freePort();
  const running = runFunctionsFramework({ ...env, PORT: String(port) }, `http://127.0.0.1:${port}`);
  const listens = until(() => running.logs().includes('Serving function'), { what: 'the framework listens' });
  const over = running.exited().then(() => 'exited' as const);
  const outcome = await Promise.race([over, listens]).catch((error: unknown) => error);
  if (outcome === true) return running;
  listens.catch(() => {});
  await running.stop();
  throw new Error(`the functions framework did not start (${outcome}):\n${running.logs()}`);
}

/** Starts the framework and waits for nothing. */
export function runFunctionsFramework(env: Variables, url = ''): FunctionProcess {
  const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const source = join(root, 'dist/producer/functions/google-functions.js');
  const child = spawn(process.execPath, [framework, `--source=${source}`, '--target=producer'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { logs, exit } = follow(child);
  return {
    url,
    logs,
    signal: (signal) => void child.kill(signal),
    exited: () => exit,
    stop: () => stopChild(child, exit),
  };
}

async function stopChild(child: ChildProcess, exit: Promise<Exit>): Promise<Exit> {
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  return exit.finally(() => clearTimeout(kill));
}
