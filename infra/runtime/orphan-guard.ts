import { isMainThread, Worker, workerData } from 'node:worker_threads';

const LOOK_INTERVAL_MS = 1_000;

interface Guarded {
  readonly supervisorPid: number;
  readonly graceMs: number;
}

/**
 * Ends this process at most `graceMs` after its supervisor, whatever the main thread does then. The
 * supervisor may be gone already. A worker normally drains when the channel to its supervisor
 * closes. A worker that hangs in a native call does not notice the closed channel. Its timers do
 * not run either. librdkafka's own threads would then keep the partitions from all other members.
 * Hence this guard is a thread that needs nothing of the main thread.
 */
export function guardAgainstOrphaning(data: Guarded): void {
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
  new Worker(new URL(import.meta.url), { workerData: data, resourceLimits }).unref();
}

function watch({ supervisorPid, graceMs }: Guarded): void {
  const timer = setInterval(() => {
    // Whoever adopts an orphan has another number.
    if (process.ppid === supervisorPid) return;
    clearInterval(timer);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs);
  }, LOOK_INTERVAL_MS);
}

if (!isMainThread) watch(workerData as Guarded);
