import { isMainThread, Worker, workerData } from 'node:worker_threads';

const LOOK_INTERVAL_MS = 1_000;

interface Guarded {
  readonly supervisorPid: number;
  readonly graceMs: number;
}

/**
 * Ends this process, at the latest so long after its supervisor (which may be gone already), whatever its main thread does then. By itself a worker
 * drains when the channel to the supervisor closes; one that hangs in a native call neither notices that nor has timers,
 * while librdkafka's own threads would keep its partitions from everybody else. Hence a thread that needs nothing of the
 * main one.
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
