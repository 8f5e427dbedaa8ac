import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Environment } from './environment.ts';
import { root } from './root.ts';

/** A command line with the log to which it appends its output. */
export interface LeashedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the command. The default is the environment of this process. */
  readonly env?: Environment | undefined;
  readonly logFile: string;
  /** The time that the command has from SIGTERM to SIGKILL once this process has ended. */
  readonly graceMs: number;
}

const LONG_LOG_BYTES = 64 * 1024 * 1024;

/** One run of `leash.sh`, which runs one command in a process group of its own. */
export class Leash {
  /** The position in the log at which this run begins, in bytes. */
  readonly logStart: number;
  /**
   * Resolves with how the leash, and so its command, ended: `exit 0`, `SIGKILL`. The rest of the
   * process group is killed then.
   */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor({ command, args, env, logFile, graceMs }: LeashedCommand) {
    mkdirSync(dirname(logFile), { recursive: true });
    keepShort(logFile);
    const log = openSync(logFile, 'a');
    this.logStart = fstatSync(log).size;
    const graceSeconds = String(Math.ceil(graceMs / 1_000));
    this.#child = spawn(join(root, 'infra/local/leash.sh'), [graceSeconds, command, ...args], {
      detached: true,
      stdio: ['pipe', log, log, 'pipe'],
      ...(env === undefined ? {} : { env: { ...env } }),
    });
    closeSync(log);
    this.ended = this.#ending();
  }

  /** The pid of the command, which the leash writes to fd 3. Undefined where it could not start. */
  async pid(): Promise<number | undefined> {
    let text = '';
    for await (const chunk of this.#child.stdio[3] as Readable) text += chunk;
    return /^\d+\n$/.test(text) ? Number(text) : undefined;
  }

  signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) signalIfAlive(-this.#child.pid, signal);
  }

  #ending(): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => {
        this.signalGroup('SIGKILL');
        resolve(signal === null ? `exit ${code}` : signal);
      });
    });
  }
}

/** Sends a signal to a process, or to a group where `pid` is negative, that has not ended yet. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Renames a long log to `<name>.1` before the next run. An older `<name>.1` is replaced. */
function keepShort(logFile: string): void {
  const bytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > LONG_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}
