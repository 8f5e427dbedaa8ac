import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The client's processor, and all others. */
export const CLIENT_PROCESSOR = '0';
export const CLUSTER_PROCESSORS = `1-${Math.max(1, cpus().length - 1)}`;

/** Keeps a process that runs, with all of its threads, to these processors. Linux alone can do that. */
export function keepTo(processors: string, pid: number | undefined): void {
  if (pid !== undefined) execFileSync('taskset', ['-a', '-p', '-c', processors, String(pid)]);
}
