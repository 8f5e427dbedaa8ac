import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { javaCommandLine } from '../../../infra/local/process/java.ts';
import { root } from '../../../infra/local/process/root.ts';
import { residentBytes } from '../figures/resident-memory.ts';

export interface FlushOrder {
  readonly files: number;
  readonly forMs: number;
  /** The size of one flush. */
  readonly bytes: number;
}

/** The work of one client by one order. */
export interface Flushes {
  readonly flushes: number;
  readonly seconds: number;
  /** All threads of the client's process. */
  readonly cpuSeconds: number;
  readonly sentBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface MeasuredFlushes extends Flushes {
  readonly residentBytes: number;
}

const SLACK_MS = 60_000;

/**
 * A client in a process of its own. The process stays from order to order, so that all clients are
 * equally warm.
 */
export class FlushClient {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<never>;

  private constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.#ended = new Promise((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`${command} ended with ${code ?? signal}`)));
    });
    this.#ended.catch(() => undefined);
  }

  /**
   * Hadoop's own client, with both compilers of the JVM. A client that writes all day has the time
   * for both.
   */
  static java(hdfsUrl: string, folder: string): FlushClient {
    const { command, args } = javaCommandLine({
      product: 'hadoop',
      mainClass: join(root, 'tests/bench/flushes/FlushReference.java'),
      heapMb: 512,
      compilers: 'both',
      classFolders: [join(root, 'infra/local/hdfs')],
      args: [hdfsUrl, folder],
    });
    return new FlushClient(command, args);
  }

  /** The sink's client, in the protocol that the address names. */
  static ours(hdfsUrl: string, folder: string): FlushClient {
    const program = fileURLToPath(new URL('./flush-load.js', import.meta.url));
    return new FlushClient(process.execPath, [program, hdfsUrl, folder]);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws where the client fails, or takes a minute longer than ordered */
  async measure({ files, forMs, bytes }: FlushOrder): Promise<MeasuredFlushes> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), forMs + SLACK_MS);
    try {
      this.#child.stdin?.write(`${files} ${forMs} ${bytes}\n`);
      const { value } = await Promise.race([this.#answers.next(), this.#ended]);
      return { ...(JSON.parse(value) as Flushes), residentBytes: residentBytes([this.pid ?? 0]) };
    } finally {
      clearTimeout(late);
    }
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended.catch(() => undefined);
  }
}
