import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface ServiceManagerOptions {
  /** NOTIFY_SOCKET; without one nobody is told anything. */
  readonly socket: string | undefined;
  /** WATCHDOG_USEC: how long the service manager waits for the next sign of life, µs. */
  readonly watchdogUsec: number | undefined;
  /** A message did not arrive. */
  readonly onFailure: (error: unknown) => void;
}

const TELL_TIMEOUT_MS = 5_000;
const LIVE_TIMEOUT_MS = 6_000;
const TELL_EVERY_MS = 10_000;

/**
 * systemd, as sd_notify(3) describes it. Before each sign of life the process asks its own `/livez`
 * over its socket. It needs a 200, so systemd and an orchestrator judge by the same rule.
 * They can tell a process that hangs from a process that cannot reach its brokers.
 *
 * Node has no datagrams over Unix sockets. The command `systemd-notify` comes with systemd, and so
 * is present wherever NOTIFY_SOCKET is set. A process every ten seconds costs less than a native
 * module. The command is a process of its own: the unit needs `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  #stopping = false;
  /** One message after the other: none may overtake. */
  #told: Promise<void> = Promise.resolve();

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
  }

  /**
   * Tells systemd that the service has started. Then tells its status regularly, and a sign of life
   * while it is alive, until `stopping`.
   */
  async ready(url: string, status: () => Promise<string> | string): Promise<void> {
    if (this.#options.socket === undefined) return;
    await this.#tell('READY=1');
    while (!this.#stopping) {
      const [alive, line] = await Promise.all([answers(`${url}/livez`), status()]);
      if (this.#stopping) return;
      await this.#tell(...(alive ? ['WATCHDOG=1'] : []), `STATUS=${line.replaceAll(/\s+/g, ' ')}`);
      await delay(this.#everyMs, undefined, { ref: false });
    }
  }

  /** The service stops, which may take so long, whatever the unit allows. */
  async stopping(withinMs: number): Promise<void> {
    this.#stopping = true;
    await this.#tell('STOPPING=1', 'STATUS=draining', `EXTEND_TIMEOUT_USEC=${withinMs * 1_000}`);
  }

  /** A sign may get lost, and one may be late. */
  get #everyMs(): number {
    const { watchdogUsec = Number.POSITIVE_INFINITY } = this.#options;
    return Math.min(TELL_EVERY_MS, watchdogUsec / 3_000);
  }

  #tell(...assignments: readonly string[]): Promise<void> {
    const { socket, onFailure } = this.#options;
    if (socket === undefined) return this.#told;
    this.#told = this.#told
      .then(() => promisify(execFile)('systemd-notify', assignments, { timeout: TELL_TIMEOUT_MS }))
      .then(() => undefined, onFailure);
    return this.#told;
  }
}

/** Over a connection of its own, so that the server has to accept one. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(LIVE_TIMEOUT_MS) }, (response) => {
      response.once('error', () => resolve(false));
      response.once('end', () => resolve(response.statusCode === 200));
      response.resume();
    });
    request.once('error', () => resolve(false));
  });
}
