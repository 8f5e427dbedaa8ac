import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The processor of the client, and all other processors. */
export const CLIENT_PROCESSOR = '0';
export const CLUSTER_PROCESSORS = `1-${Math.max(1, cpus().length - 1)}`;

/** Binds a running process with all of its threads to the processors. Only Linux can do it. */
export function keepTo(processors: string, pid: number | undefined): void {
  if (pid !== undefined) execFileSync('taskset', ['-a', '-p', '-c', processors, String(pid)]);
}
