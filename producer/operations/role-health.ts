import type { RoleHealth, WorkerStatus } from '../../infra/runtime/management.ts';
import type { WorkerHealth } from '../../infra/runtime/worker-process.ts';
import type { ProducerReport } from './worker-report.ts';

type Worker = WorkerHealth<ProducerReport>;

/**
 * The health of the producer, by its workers. The producer is ready while one worker is ready. All
 * workers have the same brokers. A worker that is not connected has just started, and clients can
 * go on sending.
 */
export function producerHealth(workers: readonly Worker[], draining: boolean): RoleHealth {
  return {
    faults: workers.flatMap((worker) => faultOf(worker) ?? []),
    obstacles: [...(draining ? ['draining'] : []), ...workers.flatMap((worker) => obstacleOf(worker) ?? [])],
    draining,
    ready: !draining && readyOf(workers) > 0,
    workers: workers.map(statusOf),
  };
}

/** All workers in one line for an operator: `systemctl status` shows it. */
export function statusLine(workers: readonly Worker[]): string {
  const awaited = workers.reduce((sum, worker) => sum + (reportOf(worker)?.awaited ?? 0), 0);
  return `${readinessOf(workers)}, ${awaited} events in flight`;
}

function readinessOf(workers: readonly Worker[]): string {
  const [first, ...others] = workers;
  if (first && others.length === 0) return reportOf(first)?.readiness ?? first.state;
  const ready = readyOf(workers);
  return `${ready > 0 ? 'ready' : 'not ready'}: ${ready} of ${workers.length} workers`;
}

function readyOf(workers: readonly Worker[]): number {
  return workers.filter((worker) => reportOf(worker)?.readiness === 'ready').length;
}

/** The primary restarts an ended worker, and can do no more: an ended worker is no fault. */
function faultOf(worker: Worker): string | undefined {
  if (worker.state === 'silent') return `worker ${worker.pid} does not answer`;
  const standstill = reportOf(worker)?.standstill;
  return standstill === undefined ? undefined : `worker ${pidOf(worker)}: ${standstill}`;
}

function obstacleOf(worker: Worker): string | undefined {
  if (worker.state === 'ended') return 'a worker has ended and is being restarted';
  const readiness = reportOf(worker)?.readiness;
  return readiness === 'not connected'
    ? `worker ${pidOf(worker)} is not connected to the brokers`
    : undefined;
}

function statusOf(worker: Worker): WorkerStatus {
  if (worker.state !== 'answers') return worker;
  const { readiness, awaited, standstill } = worker.report;
  return { state: readiness, pid: worker.pid, standstill, eventsInFlight: awaited };
}

function reportOf(worker: Worker): ProducerReport | undefined {
  return worker.state === 'answers' ? worker.report : undefined;
}

const pidOf = (worker: Worker): number | undefined => (worker.state === 'ended' ? undefined : worker.pid);
