import type { RoleHealth, WorkerStatus } from '../../infra/runtime/management.ts';
import type { PartitionReport, WorkerHealth } from './report.ts';

/**
 * The health of the sink, by its workers. The sink is ready while every worker writes all of its
 * partitions.
 */
export function sinkHealth(workers: readonly WorkerHealth[], draining: boolean): RoleHealth {
  const faults = workers.flatMap((worker) => faultOf(worker) ?? []);
  const obstacles = [...new Set(workers.flatMap(obstaclesOf))];
  return {
    faults,
    obstacles,
    draining,
    ready: !draining && faults.length === 0 && obstacles.length === 0,
    workers: workers.map(statusOf),
  };
}

/** The supervisor restarts an ended worker, and can do no more: an ended worker is no fault. */
function faultOf(worker: WorkerHealth): string | undefined {
  if (worker.state === 'silent') return `worker ${worker.pid} does not answer`;
  if (worker.state === 'ended' || worker.report.standstill === undefined) return undefined;
  return `worker ${worker.pid}: ${worker.report.standstill}`;
}

function obstaclesOf(worker: WorkerHealth): string[] {
  if (worker.state === 'ended') return ['a worker has ended and is being restarted'];
  if (worker.state === 'silent') return [];
  const { pid, report } = worker;
  if (!report.joined) return [`worker ${pid} has not joined the group`];
  return report.partitions.flatMap((partition) => obstacleTo(partition) ?? []);
}

function obstacleTo({ partition, state, reason }: PartitionReport): string | undefined {
  if (state === 'writing' || state === 'draining') return undefined;
  return `partition ${partition} is ${state}${reason === undefined ? '' : `: ${reason}`}`;
}

function statusOf(worker: WorkerHealth): WorkerStatus {
  if (worker.state !== 'answers') return worker;
  const { joined, partitions, standstill } = worker.report;
  return { state: joined ? 'joined' : 'joining', pid: worker.pid, standstill, partitions };
}
