import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from './back-off.ts';
import type { Report } from './worker-channel.ts';
import { type Ending, type WorkerHealth, WorkerProcess } from './worker-process.ts';

type Say = (fields: object, message: string) => void;

export interface SupervisorOptions<R> {
  readonly workers: number;
  readonly log: { readonly warn: Say; readonly error: Say };
  /** Starts the process of one worker. */
  readonly fork: (index: number) => ChildProcess;
  /** A worker ended unasked and is to be started again. */
  readonly onRestart: (reason: Reason) => void;
  /** A worker is gone, for whatever reason; with the last that it said. */
  readonly onEnded?: (latest: R | undefined) => void;
  /** How long a worker may take to stop before it is killed, ms. */
  readonly stopTimeoutMs: number;
  /** How long a worker may say nothing, or that it stands still, before it is killed, ms. */
  readonly workerTimeoutMs: number;
}

/** Where a worker is: `ended` waits for its next start. */
type Slot<R> =
  | { readonly state: 'running'; readonly worker: WorkerProcess<R> }
  | { readonly state: 'ended'; readonly timer: NodeJS.Timeout | undefined };

/** Why a worker was started again: it ended by itself, or was killed for that. */
export type Reason = 'ended' | 'silent' | 'standstill';

const RESTART_BACK_OFF_MS = { first: 500, last: 30_000 };
/** A worker that lived this long was well. */
const WELL_AFTER_MS = 60_000;
/** How often a worker is asked by itself, and how long it then has. */
const ROUND_MS = 5_000;
/**
 * How long a worker may take to answer where a client asks for its health. Orchestrators call the
 * whole process silent after 2 s (infra/kubernetes). They should hear instead which worker is
 * silent.
 */
export const ANSWER_WITHIN_MS = 1_500;
/** A worker says nothing while it loads; on a busy machine that takes a while. */
const BOOT_TIMEOUT_MS = 60_000;

/**
 * Keeps the worker processes running and at work. The supervisor restarts a worker that ends
 * unasked, with back-off. It kills a worker that is silent, or at a standstill, for too long. The
 * killed worker is then restarted in the same way.
 */
export class Supervisor<R extends Report> {
  readonly #options: SupervisorOptions<R>;
  readonly #slots: Slot<R>[] = [];
  readonly #backOffs: BackOff[] = [];
  #stopping = false;

  constructor(options: SupervisorOptions<R>) {
    this.#options = options;
  }

  start(): void {
    for (let index = 0; index < this.#options.workers; index++) {
      this.#backOffs[index] = new BackOff(RESTART_BACK_OFF_MS.first, RESTART_BACK_OFF_MS.last);
      void this.#run(index);
    }
  }

  /** What each worker says of itself; one that is too slow to say it is silent. */
  health(): Promise<readonly WorkerHealth<R>[]> {
    return Promise.all(
      this.#slots.map((slot) =>
        slot.state === 'running' ? slot.worker.health(ANSWER_WITHIN_MS) : { state: 'ended' as const },
      ),
    );
  }

  /** The last that each running worker said, for those that ever said anything. */
  latest(): R[] {
    return this.#slots.flatMap((slot) => (slot.state === 'running' ? (slot.worker.latest ?? []) : []));
  }

  /** Lets every worker drain. False where one had to be killed or ended with an error. */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    return (await Promise.all(this.#slots.map((slot) => this.#stop(slot)))).every(Boolean);
  }

  /** Ends every worker at once. */
  kill(): void {
    for (const slot of this.#slots) if (slot.state === 'running') slot.worker.kill();
  }

  /** One worker from its start to its end, and then the next one's. */
  async #run(index: number): Promise<void> {
    const worker = this.#fork(index);
    if (!worker) return;
    this.#slots[index] = { state: 'running', worker };
    const watching = new AbortController();
    let reason: Reason = 'ended';
    void this.#watch(worker, watching.signal, (why) => {
      reason = why;
      worker.kill();
    });
    const ending = await worker.ended;
    watching.abort();
    this.#slots[index] = { state: 'ended', timer: undefined };
    this.#options.onEnded?.(worker.latest);
    if (this.#stopping) return;
    this.#options.onRestart(reason);
    if (performance.now() - worker.startedAtMs > WELL_AFTER_MS) this.#backOffs[index]?.reset();
    this.#startAgain(index, { reason, ...ending });
  }

  /** A system without memory for one more process ends no other worker: it is tried again. */
  #fork(index: number): WorkerProcess<R> | undefined {
    try {
      return new WorkerProcess<R>(this.#options.fork(index));
    } catch (error) {
      this.#startAgain(index, { reason: 'ended', code: null, signal: null, error: error as Error });
      return undefined;
    }
  }

  #startAgain(index: number, why: Ending & { readonly reason: Reason }): void {
    const backOff = this.#backOffs[index];
    if (!backOff) return;
    const pauseMs = Math.round(backOff.next());
    const { error: err, ...how } = why;
    this.#options.log.error({ worker: index, ...how, err, pauseMs }, 'worker ended; starting it again');
    this.#slots[index] = { state: 'ended', timer: setTimeout(() => void this.#run(index), pauseMs) };
  }

  /**
   * Asks the worker round after round, and gives it up after too many bad rounds in a row. The
   * supervisor counts rounds, not time. A supervisor that was itself asleep does not blame its
   * workers for that time.
   */
  async #watch(worker: WorkerProcess<R>, signal: AbortSignal, giveUp: (why: Reason) => void): Promise<void> {
    const { workerTimeoutMs, log } = this.#options;
    const roundMs = Math.min(ROUND_MS, workerTimeoutMs / 4);
    let limitMs = Math.max(workerTimeoutMs, BOOT_TIMEOUT_MS);
    for (let badMs = 0; badMs < limitMs; ) {
      const round = delay(roundMs, undefined, { signal }).catch(() => undefined);
      const health = await worker.health(roundMs);
      const fault = faultOf(health);
      await round;
      if (signal.aborted || this.#stopping) return;
      if (worker.latest !== undefined) limitMs = workerTimeoutMs;
      badMs = fault ? badMs + roundMs : 0;
      if (!fault) continue;
      log.warn({ pid: worker.pid, badMs, limitMs, ...fault }, 'worker makes no progress');
      if (badMs >= limitMs) giveUp(fault.reason);
    }
  }

  async #stop(slot: Slot<R>): Promise<boolean> {
    if (slot.state === 'ended') {
      clearTimeout(slot.timer);
      return true;
    }
    const clean = await slot.worker.stop(this.#options.stopTimeoutMs);
    if (!clean) this.#options.log.error({ pid: slot.worker.pid }, 'worker not drained');
    return clean;
  }
}

function faultOf(
  health: WorkerHealth<Report>,
): { readonly reason: Reason; readonly what?: string } | undefined {
  if (health.state === 'silent') return { reason: 'silent' };
  if (health.state !== 'answers' || health.report.standstill === undefined) return undefined;
  return { reason: 'standstill', what: health.report.standstill };
}
