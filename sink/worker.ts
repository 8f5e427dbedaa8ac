import { openLog } from '../infra/runtime/log-output.ts';
import { obeySupervisor } from '../infra/runtime/supervised.ts';
import { LEAVE_ALLOWANCE_MS, readConfig } from './config.ts';
import { SegmentStore } from './ledger/segment-store.ts';
import type { WorkerReport } from './operations/report.ts';
import { Assignment } from './partition/assignment.ts';
import { hdfsFiles } from './storage/access/hdfs.ts';

/** One worker process: a member of the consumer group with the partitions it is given. */
const config = readConfig();
const [index = 0, supervisorPid = process.ppid] = process.argv.slice(2).map(Number);
const log = openLog({ role: 'sink', level: config.LOG_LEVEL, worker: index });
/** Draining, leaving the group and disconnecting take no longer. */
const stopTimeoutMs = config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS;

const assignment = new Assignment({
  consumer: {
    brokers: config.KAFKA_BROKERS,
    topic: config.KAFKA_TOPIC,
    group: config.KAFKA_GROUP,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    instanceId: config.KAFKA_INSTANCE_ID && `${config.KAFKA_INSTANCE_ID}-${index}`,
    config: config.KAFKA_CONFIG,
    log,
  },
  store: new SegmentStore({
    files: hdfsFiles(config),
    dir: config.HDFS_DIR,
    topic: config.KAFKA_TOPIC,
    log,
  }),
  schedule: {
    flushCount: config.FLUSH_COUNT,
    flushIntervalMs: config.FLUSH_INTERVAL_MS,
    rollBytes: config.ROLL_BYTES,
    rollIntervalMs: config.ROLL_INTERVAL_MS,
  },
  bufferBytes: config.BUFFER_BYTES,
  onGap: config.ON_GAP,
  drainTimeoutMs: config.DRAIN_TIMEOUT_MS,
  // A publish, a roll and an append are two requests each. The rest is for a NameNode that is
  // asked again.
  writeTimeoutMs: config.FLUSH_INTERVAL_MS + 10 * config.HDFS_TIMEOUT_MS,
  log,
  onFailure: (error) => {
    const hint = config.KAFKA_INSTANCE_ID && 'does another member have this KAFKA_INSTANCE_ID?';
    log.fatal({ err: error, hint }, 'the membership of the group is beyond repair; starting anew');
    process.exit(1);
  },
});

async function stop(why: string): Promise<void> {
  log.info({ why }, 'worker stops: draining');
  // The supervisor has a deadline too, but it may be gone.
  setTimeout(() => process.exit(1), stopTimeoutMs).unref();
  await assignment.stop();
  log.info('worker drained');
  process.exit(0);
}

async function report(): Promise<WorkerReport> {
  const metrics = await assignment.metrics.registry.getMetricsAsJSON();
  const standstill = assignment.standstill();
  return { joined: assignment.joined, partitions: assignment.report(), standstill, metrics };
}

obeySupervisor({ supervisorPid, graceMs: stopTimeoutMs, report, stop: (why) => void stop(why) });

// The supervisor may have ended while this process was starting. The channel then closed before
// anybody listened.
if (process.connected) assignment.run();
else process.exit(1);
