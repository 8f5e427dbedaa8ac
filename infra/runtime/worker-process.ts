import type { ChildProcess } from 'node:child_process';
import type { FromWorker, ToWorker } from './worker-channel.ts';

export type WorkerHealth<R> =
  | { readonly state: 'answers'; readonly pid: number | undefined; readonly report: R }
  | { readonly state: 'silent'; readonly pid: number | undefined }
  | { readonly state: 'ended' };

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Where it could not be started or reached. */
  readonly error?: Error;
}

/** One worker as its supervisor sees it, from its start to its end. */
export class WorkerProcess<R> {
  readonly startedAtMs = performance.now();
  /** Resolves when the process is gone, or never existed, and its last message has been read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #questions = new Map<number, (report: R) => void>();
  #nextQuestion = 0;
  #latest: R | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', ({ id, report }: FromWorker<R>) => {
      this.#latest = report;
      if (id === undefined) return;
      this.#questions.get(id)?.(report);
      this.#questions.delete(id);
    });
    this.ended = new Promise((resolve) => {
      // One that was never forked will not exit either; any other error shows in its silence.
      child.on('error', (error) => {
        if (child.pid === undefined) resolve({ code: null, signal: null, error });
      });
      child.once('exit', (code, signal) => {
        if (child.connected) child.once('disconnect', () => resolve({ code, signal }));
        else resolve({ code, signal });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The last that it said of itself, asked or not; undefined until the first time. */
  get latest(): R | undefined {
    return this.#latest;
  }

  /** What it says of itself within so long. */
  health(withinMs: number): Promise<WorkerHealth<R>> {
    const id = this.#nextQuestion++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        resolve({ state: 'silent', pid: this.pid });
      }, withinMs);
      this.#questions.set(id, (report) => {
        clearTimeout(timer);
        resolve({ state: 'answers', pid: this.pid, report });
      });
      this.#ask({ id });
    });
  }

  /**
   * Lets the worker drain for at most `withinMs`. False where the worker had to be killed or ended
   * with an error. The supervisor sends a signal, not a message. A worker that still loads would
   * miss a message. It has nothing to drain, and ends by the signal.
   */
  async stop(withinMs: number): Promise<boolean> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), withinMs);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    return code === 0 || signal === 'SIGTERM';
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** One that has just ended hears nothing, which its end tells already. */
  #ask(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
