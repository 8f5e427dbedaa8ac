import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';

const RECEIVER = fileURLToPath(new URL('./notify-socket.py', import.meta.url));

/**
 * The socket over which a service reports to systemd. Python receives the messages, because Node
 * has no datagrams over Unix sockets.
 */
export class NotifySocket {
  readonly path: string;
  /** The messages in their order, each a list of assignments. */
  readonly messages: (readonly string[])[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'notify-'));
  readonly #receiver;
  #aliveAtMs = performance.now();

  private constructor() {
    this.path = join(this.#folder, 'socket');
    this.#receiver = spawn('python3', [RECEIVER, this.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#receiver.stdout).on('line', (line) => {
      const message = JSON.parse(line) as string[];
      if (message.includes('WATCHDOG=1')) this.#aliveAtMs = performance.now();
      this.messages.push(message);
    });
  }

  static async open(): Promise<NotifySocket> {
    const opened = new NotifySocket();
    await opened.told('BOUND=1');
    return opened;
  }

  /** Resolves once a message has each of the assignments, or one that begins with it. */
  async told(...assignments: readonly string[]): Promise<void> {
    await this.toldAfter(0, ...assignments);
  }

  /** The same for messages after the first `from` messages. */
  async toldAfter(from: number, ...assignments: readonly string[]): Promise<void> {
    const has = (message: readonly string[]) =>
      assignments.every((wanted) => message.some((found) => found.startsWith(wanted)));
    await until(() => this.messages.slice(from).some(has), { what: assignments.join(), withinMs: 30_000 });
  }

  /** Resolves once no WATCHDOG=1 has come for `ms`, as systemd would notice. */
  async missesLifeFor(ms: number): Promise<void> {
    await until(() => performance.now() - this.#aliveAtMs > ms, { what: 'silence', withinMs: 30_000 });
  }

  close(): void {
    this.#receiver.stdin.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
