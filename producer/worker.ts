import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { obeySupervisor } from '../infra/runtime/supervised.ts';
import type { WorkerReport } from './operations/worker-report.ts';

export interface WorkerOptions {
  readonly report: () => Promise<WorkerReport>;
  /** Resolves with the exit code. */
  readonly drain: (why: string) => Promise<number>;
  /** How long the worker may live without its primary, ms. */
  readonly graceMs: number;
}

/** How often a worker tells its counts, ms. A killed worker loses its counts since then. */
const TELL_EVERY_MS = 1_000;
const LAST_REPORT_WITHIN_MS = 500;

/**
 * Makes this process one of the workers that share a port. The primary accepts the connections, and
 * Node hands them to the workers. Node would end a worker together with its primary. The worker
 * drains first.
 */
export function obeyPrimary({ report, drain, graceMs }: WorkerOptions): void {
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  const stop = async (why: string) => {
    const code = await drain(why);
    await Promise.race([tell(), delay(LAST_REPORT_WITHIN_MS)]);
    process.exit(code);
  };
  const tell = obeySupervisor({
    supervisorPid: process.ppid,
    report,
    stop: (why) => void stop(why),
    graceMs,
  });
  void tellRegularly(tell);
}

async function tellRegularly(tell: () => Promise<void>): Promise<void> {
  while (process.connected) {
    await tell();
    await delay(TELL_EVERY_MS, undefined, { ref: false });
  }
}
