import { guardAgainstOrphaning } from './orphan-guard.ts';
import type { FromWorker, Report, ToWorker } from './worker-channel.ts';

export interface SupervisedOptions<R extends Report> {
  readonly supervisorPid: number;
  readonly report: () => Promise<R>;
  /** Drains and ends the process; called once. */
  readonly stop: (why: string) => void;
  /** How long it may live on without its supervisor, ms. */
  readonly graceMs: number;
}

/**
 * Makes this process a worker of its supervisor. The worker answers the supervisor's questions. It
 * stops, draining, on SIGTERM and when the channel to the supervisor closes. The returned function
 * sends a report that nobody asked for, and resolves once the report has left.
 */
export function obeySupervisor<R extends Report>(options: SupervisedOptions<R>): () => Promise<void> {
  const { supervisorPid, report, graceMs } = options;
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    options.stop(why);
  };
  const tell = async (id?: number) => {
    const said = await report();
    const message: FromWorker<R> = id === undefined ? { report: said } : { id, report: said };
    // A supervisor that is just gone hears nothing, which the channel tells.
    await new Promise<void>((resolve) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
      else resolve();
    });
  };
  guardAgainstOrphaning({ supervisorPid, graceMs });
  process.on('message', ({ id }: ToWorker) => void tell(id));
  process.on('disconnect', () => stop('the supervisor is gone'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  // A terminal's Ctrl-C reaches the whole group; the supervisor passes it on in its own time.
  process.on('SIGINT', () => {});
  return () => tell();
}
