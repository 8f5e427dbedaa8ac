import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { Leash, signalIfAlive } from './leash.ts';
import { logExcerpt } from './log-excerpt.ts';

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
  readonly env?: Environment;
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
  | { readonly is: 'starting'; readonly leash: Leash; readonly ended: Promise<string> }
  | { readonly is: 'running'; readonly pid: number; readonly ended: Promise<string> };

const ASK_AGAIN_MS = 50;

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
    else if (this.#state.is === 'starting') this.#state.leash.signalGroup(signal);
  }

  async exited(): Promise<string> {
    return this.#state.is === 'stopped' ? this.#state.how : this.#state.ended;
  }

  /** Returns the position in the log at which this run begins, in bytes. */
  async #spawn(): Promise<number> {
    const leash = new Leash(this.#options);
    const ended = leash.ended.then((how) => {
      this.#state = { is: 'stopped', how };
      return how;
    });
    this.#state = { is: 'starting', leash, ended };
    const pid = await leash.pid();
    if (pid === undefined) throw new Error(`${this.name} could not be started: ${await ended}`);
    if (this.#state.is === 'starting') this.#state = { is: 'running', pid, ended };
    return leash.logStart;
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
