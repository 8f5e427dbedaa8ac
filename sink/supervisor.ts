import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { BackOff } from './back-off.ts';
import type { FromWorker, ToWorker, WorkerReport } from './report.ts';

export interface SupervisorOptions {
  readonly workers: number;
  readonly log: Logger;
  /** How long a worker may take to stop before it is killed, ms. */
  readonly stopTimeoutMs: number;
}

/** Where a worker is: `ended` waits for its next start. */
type Slot =
  | { readonly state: 'running'; readonly child: ChildProcess; readonly sinceMs: number }
  | { readonly state: 'ended'; readonly timer: NodeJS.Timeout | undefined };

export type WorkerHealth =
  | { readonly state: 'answers'; readonly pid: number | undefined; readonly report: WorkerReport }
  | { readonly state: 'silent'; readonly pid: number | undefined }
  | { readonly state: 'ended' };

const RESTART_BACK_OFF_MS = { first: 500, last: 30_000 };
/** A worker that lived this long was well. */
const WELL_AFTER_MS = 60_000;
const REPORT_TIMEOUT_MS = 5_000;
const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Keeps the worker processes running: one that ends without having been asked to is started again, with back-off. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[] = [];
  readonly #backOffs: BackOff[] = [];
  readonly #questions = new Map<number, (report: WorkerReport) => void>();
  #nextQuestion = 0;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  start(): void {
    for (let index = 0; index < this.#options.workers; index++) {
      this.#backOffs[index] = new BackOff(RESTART_BACK_OFF_MS.first, RESTART_BACK_OFF_MS.last);
      this.#launch(index);
    }
  }

  /** What each worker says of itself, within the deadline. */
  health(): Promise<readonly WorkerHealth[]> {
    return Promise.all(
      this.#slots.map((slot) =>
        slot.state === 'running' ? this.#question(slot.child) : { state: 'ended' as const },
      ),
    );
  }

  /** Lets every worker drain. False where one had to be killed or ended with an error. */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    return (await Promise.all(this.#slots.map((slot) => this.#stop(slot)))).every(Boolean);
  }

  /** Ends every worker at once; what they had not drained, the next owner reads again. */
  kill(): void {
    for (const slot of this.#slots) if (slot.state === 'running') slot.child.kill('SIGKILL');
  }

  #launch(index: number): void {
    const child = fork(WORKER, [String(index)]);
    const slot: Slot = { state: 'running', child, sinceMs: performance.now() };
    this.#slots[index] = slot;
    child.on('message', (message: FromWorker) => {
      this.#questions.get(message.id)?.(message.report);
      this.#questions.delete(message.id);
    });
    child.on('error', (error) => {
      this.#options.log.error({ err: error, worker: index }, 'worker not reached');
      // One that was never forked will not exit either.
      if (child.pid === undefined) this.#ended(index, slot.sinceMs, { code: null, signal: null });
    });
    child.once('exit', (code, signal) => this.#ended(index, slot.sinceMs, { code, signal }));
  }

  #ended(index: number, sinceMs: number, how: { code: number | null; signal: string | null }): void {
    const backOff = this.#backOffs[index];
    if (this.#stopping || !backOff) {
      this.#slots[index] = { state: 'ended', timer: undefined };
      return;
    }
    if (performance.now() - sinceMs > WELL_AFTER_MS) backOff.reset();
    const pauseMs = Math.round(backOff.next());
    this.#options.log.error({ worker: index, ...how, pauseMs }, 'worker ended unasked; starting it again');
    this.#slots[index] = { state: 'ended', timer: setTimeout(() => this.#launch(index), pauseMs) };
  }

  async #stop(slot: Slot): Promise<boolean> {
    if (slot.state === 'ended') {
      clearTimeout(slot.timer);
      return true;
    }
    const { child } = slot;
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    send(child, { ask: 'stop' });
    const timer = setTimeout(() => {
      this.#options.log.error({ pid: child.pid }, 'worker not drained in time; killing it');
      child.kill('SIGKILL');
    }, this.#options.stopTimeoutMs);
    const code = await exited;
    clearTimeout(timer);
    return code === 0;
  }

  #question(child: ChildProcess): Promise<WorkerHealth> {
    const id = this.#nextQuestion++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        resolve({ state: 'silent', pid: child.pid });
      }, REPORT_TIMEOUT_MS);
      this.#questions.set(id, (report) => {
        clearTimeout(timer);
        resolve({ state: 'answers', pid: child.pid, report });
      });
      send(child, { ask: 'report', id });
    });
  }
}

/** A worker that has just ended hears nothing, which its exit tells already. */
function send(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}
