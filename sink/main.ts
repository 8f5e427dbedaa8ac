import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AggregatorRegistry, type MetricObject, type Registry } from 'prom-client';
import { type RoleContext, runRole } from '../infra/runtime/role.ts';
import { supervise } from '../infra/runtime/supervision.ts';
import type { Supervisor } from '../infra/runtime/supervisor.ts';
import { LEAVE_ALLOWANCE_MS, printable, readConfig, type SinkConfig } from './config.ts';
import { sinkHealth } from './operations/health.ts';
import type { WorkerReport } from './operations/report.ts';
import { statusLine } from './operations/status-line.ts';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Runs the daemon: the supervisor of the workers. The workers read Kafka and write HDFS. */
function run({ config, log, serviceManager }: RoleContext<SinkConfig>): Promise<void> {
  return supervise<WorkerReport>({
    role: 'sink',
    log,
    serviceManager,
    address: { host: config.MANAGEMENT_HOST, port: config.MANAGEMENT_PORT },
    workers: config.SINK_WORKERS,
    fork: (index) => fork(WORKER, [String(index), String(process.pid)]),
    stopTimeoutMs: config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS,
    exitAllowanceMs: 0,
    workerTimeoutMs: config.WORKER_TIMEOUT_MS,
    healthOf: sinkHealth,
    statusLine,
    metricsOf: addUp,
  });
}

/** The metrics of the workers that answer, and the supervisor's own. */
async function addUp(own: Registry, supervisor: Supervisor<WorkerReport>): Promise<Registry> {
  const ofWorkers = (await supervisor.health()).flatMap((worker) =>
    worker.state === 'answers' ? [worker.report.metrics as MetricObject[]] : [],
  );
  return AggregatorRegistry.aggregate([await own.getMetricsAsJSON(), ...ofWorkers]);
}

/** Loads what only `--check` needs, the Kafka client among it: the supervisor does without. */
async function check(config: SinkConfig, say: (line: string) => void): Promise<boolean> {
  const command = await import('./check.ts');
  return command.check(config, say);
}

await runRole({ name: 'sink', readConfig, printable, check, run });
