import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';

const MAX_WAITING_CHARACTERS = 1_048_576;
/** A pipe holds 64 KiB: what is written in a burst has to follow its reader closely. */
const WRITE_AGAIN_MS = 10;

/**
 * The destination of pino: a file descriptor that may be full, broken or read by nobody. Lines wait
 * in memory up to a bound. Beyond the bound they are lost. A process never stops, grows or ends
 * because of its log. The next line that can be written says how many bytes were lost.
 *
 * Pino's own destination retries a failed write for ever at exit and after a fatal line
 * (`flushSync` of sonic-boom 4.2). The event loop gets no turn meanwhile. On a full device the
 * process hung.
 */
export class LogOutput {
  readonly #fd: number;
  #waiting = '';
  #lost = 0;
  #writing = false;

  constructor(fd = 1) {
    this.#fd = withoutBlocking(fd);
    process.once('exit', () => this.#flush());
  }

  write(line: string): void {
    if (this.#waiting.length + line.length > MAX_WAITING_CHARACTERS) this.#lost += line.length;
    else this.#waiting += line;
    if (!this.#writing) this.#next();
  }

  #next(): void {
    this.#writing = this.#waiting !== '';
    if (!this.#writing) return;
    const lines = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#write(lines);
  }

  #write(lines: Buffer): void {
    write(this.#fd, lines, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#write(lines), WRITE_AGAIN_MS).unref();
      } else if (!error && written < lines.length) {
        this.#write(lines.subarray(written));
      } else {
        if (error) this.#lost += lines.length;
        else this.#sayLost();
        this.#next();
      }
    });
  }

  #sayLost(): void {
    if (this.#lost === 0) return;
    const msg = 'log lines were lost: standard output was full, broken or not read';
    this.#waiting += `${JSON.stringify({ level: 40, time: Date.now(), bytes: this.#lost, msg })}\n`;
    this.#lost = 0;
  }

  /** The last words, in one attempt. */
  #flush(): void {
    try {
      writeSync(this.#fd, this.#waiting);
    } catch {
      // Nobody is left to tell.
    }
  }
}

/**
 * A write to a full pipe blocks a thread, and Node joins its threads before it exits. A process
 * whose log nobody reads could therefore not exit. Opened anew, the pipe answers EAGAIN to this
 * process alone; other writers see no change. systemd's journal is a socket and cannot be opened
 * anew. There `TimeoutStopSec` ends the process.
 */
function withoutBlocking(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

export interface LogIdentity {
  readonly role: string;
  readonly level: string;
  /** The number of the worker process. Left out by a role's main process. */
  readonly worker?: number | undefined;
}

/**
 * The log of one process: JSON lines on standard output. Each line has `role` and `pid`, and in a
 * worker also `worker`.
 */
export function openLog({ role, level, worker }: LogIdentity): Logger {
  return pino(
    { level, base: { role, pid: process.pid, ...(worker !== undefined && { worker }) } },
    new LogOutput(),
  );
}
