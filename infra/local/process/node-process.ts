import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { logExcerpt } from './log-excerpt.ts';
import { root } from './root.ts';

/** One process of a cluster, or one role. It can be stopped, killed, frozen and started again. */
export interface ClusterNode {
  readonly name: string;
  readonly logFile: string;
  /** The pid of the command itself, not of its leash. Undefined while the command does not run. */
  readonly pid: number | undefined;
  /**
   * Starts it, or starts it again with the same ports and folder. Resolves when it is ready.
   *
   * @throws where it does not become ready; no process of it is left running then
   */
  start(): Promise<void>;
  /** Sends SIGTERM, and SIGKILL once the grace is over. Resolves when the command does not run. */
  stop(): Promise<void>;
  /** Sends a signal to the command itself at once. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when the command does not run, with how its last run ended: `exit 0`, `SIGKILL`. */
  exited(): Promise<string>;
}

export interface NodeProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the command. The default is the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /**
   * Called again and again until it resolves with true. An error counts as "not yet". Each call
   * needs a deadline of its own.
   */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs?: number;
  /** The time from SIGTERM to SIGKILL. */
  readonly graceMs?: number;
}

type State =
  | { readonly is: 'stopped'; readonly how: string }
  | { readonly is: 'starting'; readonly leash: ChildProcess; readonly ended: Promise<string> }
  | { readonly is: 'running'; readonly pid: number; readonly ended: Promise<string> };

const ASK_AGAIN_MS = 50;
const LONG_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Owns one leashed command. The command is `stopped`, `starting` until its pid is known, or
 * `running`. It becomes `stopped` by `stop`, by a signal, or by itself. No process of its group is
 * left then. The command itself appends its output to `logFile`, so a frozen or dead starter never
 * blocks it.
 */
export class NodeProcess implements ClusterNode {
  readonly #options: Required<Omit<NodeProcessOptions, 'env'>> & Pick<NodeProcessOptions, 'env'>;
  #state: State = { is: 'stopped', how: 'not started yet' };

  constructor(options: NodeProcessOptions) {
    this.#options = { readyWithinMs: 60_000, graceMs: 15_000, ...options };
  }

  get name(): string {
    return this.#options.name;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  get pid(): number | undefined {
    return this.#state.is === 'running' ? this.#state.pid : undefined;
  }

  async start(): Promise<void> {
    if (this.#state.is !== 'stopped') throw new Error(`${this.name} runs already`);
    const logStart = await this.#spawn();
    const failure = await this.#untilReady();
    if (failure === undefined) return;
    await this.stop();
    throw new Error(
      `${this.name} ${failure}. The end of ${this.logFile}:\n${logExcerpt(this.logFile, logStart)}`,
    );
  }

  async stop(): Promise<void> {
    if (this.#state.is === 'stopped') return;
    const { ended } = this.#state;
    await this.signal('SIGTERM');
    await this.signal('SIGCONT');
    const kill = setTimeout(() => void this.signal('SIGKILL'), this.#options.graceMs);
    await ended.finally(() => clearTimeout(kill));
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (this.#state.is === 'running') signalIfAlive(this.#state.pid, signal);
    else if (this.#state.is === 'starting') signalGroup(this.#state.leash, signal);
  }

  async exited(): Promise<string> {
    return this.#state.is === 'stopped' ? this.#state.how : this.#state.ended;
  }

  /** Returns the position in the log at which this run begins, in bytes. */
  async #spawn(): Promise<number> {
    const { command, args, env, logFile, graceMs } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    keepShort(logFile);
    const log = openSync(logFile, 'a');
    const logStart = fstatSync(log).size;
    const leash = spawn(
      join(root, 'infra/local/leash.sh'),
      [String(Math.ceil(graceMs / 1_000)), command, ...args],
      {
        detached: true,
        stdio: ['pipe', log, log, 'pipe'],
        ...(env === undefined ? {} : { env: { ...env } }),
      },
    );
    closeSync(log);
    const ended = ending(leash).then((how) => {
      this.#state = { is: 'stopped', how };
      return how;
    });
    this.#state = { is: 'starting', leash, ended };
    const pid = await pidOf(leash);
    if (pid === undefined) throw new Error(`${this.name} could not be started: ${await ended}`);
    if (this.#state.is === 'starting') this.#state = { is: 'running', pid, ended };
    return logStart;
  }

  /** Resolves with undefined once the command is ready, else with the reason why it is not. */
  async #untilReady(): Promise<string | undefined> {
    const deadline = performance.now() + this.#options.readyWithinMs;
    while (performance.now() < deadline) {
      if (this.#state.is === 'stopped') return `ended before it was ready (${this.#state.how})`;
      if (await this.#options.ready().catch(() => false)) return undefined;
      await delay(ASK_AGAIN_MS);
    }
    return `was not ready within ${this.#options.readyWithinMs} ms`;
  }
}

/** Renames a long log to `<name>.1` before the next run. An older `<name>.1` is replaced. */
function keepShort(logFile: string): void {
  const bytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > LONG_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}

/** Resolves with how the leash, and so its command, ended. Kills the rest of the process group. */
function ending(leash: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    leash.once('error', (error) => resolve(error.message));
    leash.once('exit', (code, signal) => {
      signalGroup(leash, 'SIGKILL');
      resolve(signal === null ? `exit ${code}` : signal);
    });
  });
}

/** The pid that the leash writes to fd 3. Undefined where the leash ended before it wrote one. */
async function pidOf(leash: ChildProcess): Promise<number | undefined> {
  let text = '';
  for await (const chunk of leash.stdio[3] as Readable) text += chunk;
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}

function signalGroup(leash: ChildProcess, signal: NodeJS.Signals): void {
  if (leash.pid !== undefined) signalIfAlive(-leash.pid, signal);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
