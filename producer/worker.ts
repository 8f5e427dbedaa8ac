import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { obeySupervisor } from '../infra/runtime/supervised.ts';
import type { Health } from './operations/health.ts';
import type { WorkerReport } from './operations/worker-report.ts';

export interface WorkerOptions {
  readonly health: Health;
  readonly registry: Registry;
  readonly awaited: () => number;
  /** Resolves with the exit code. */
  readonly drain: (why: string) => Promise<number>;
  /** How long it may live on without its primary, ms. */
  readonly graceMs: number;
}

/** So much of what a worker has counted is lost at most when it is killed. */
const TELL_EVERY_MS = 1_000;
const LAST_WORDS_MS = 500;

/**
 * Makes this process one of those that share a port. Node hands it connections that the primary has accepted, and would
 * end it the instant the primary is gone; it is to drain first.
 */
export function obeyPrimary({ health, registry, awaited, drain, graceMs }: WorkerOptions): void {
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  const report = async (): Promise<WorkerReport> => {
    const { readiness, standstill } = health;
    return { readiness, standstill, awaited: awaited(), metrics: await registry.getMetricsAsJSON() };
  };
  const stop = async (why: string) => {
    const code = await drain(why);
    await Promise.race([tell(), delay(LAST_WORDS_MS)]);
    process.exit(code);
  };
  const tell = obeySupervisor({
    supervisorPid: process.ppid,
    report,
    stop: (why) => void stop(why),
    graceMs,
  });
  void goOnTelling(tell);
}

async function goOnTelling(tell: () => Promise<void>): Promise<void> {
  while (process.connected) {
    await tell();
    await delay(TELL_EVERY_MS, undefined, { ref: false });
  }
}
