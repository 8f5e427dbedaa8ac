import { pino } from 'pino';
import { LogOutput } from '../producer/process/log-output.ts';
import { Assignment } from './assignment.ts';
import { LEAVE_ALLOWANCE_MS, readConfig } from './config.ts';
import { hdfsAccess } from './hdfs-access.ts';
import { guardAgainstOrphaning } from './orphan-guard.ts';
import type { FromWorker, ToWorker } from './report.ts';
import { WebHdfsStore } from './webhdfs/store.ts';

/**
 * One worker process: a member of the consumer group with the partitions it is given. The supervisor's end is its
 * end too: it stops, draining, when told, on SIGTERM, and when the channel to the supervisor closes.
 */
const config = readConfig();
const [index = 0, supervisorPid = process.ppid] = process.argv.slice(2).map(Number);
const log = pino({ level: config.LOG_LEVEL, base: { role: 'sink', worker: index } }, new LogOutput());
/** Draining, leaving the group and disconnecting take no longer. */
const stopTimeoutMs = config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS;
guardAgainstOrphaning({ supervisorPid, graceMs: stopTimeoutMs });

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
  store: new WebHdfsStore({
    ...hdfsAccess(config),
    dir: config.HDFS_DIR,
    topic: config.KAFKA_TOPIC,
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
  // A publish, a roll and an append are two requests each; the rest is for a NameNode that is asked again.
  writeTimeoutMs: config.FLUSH_INTERVAL_MS + 10 * config.HDFS_TIMEOUT_MS,
  log,
  onFailure: (error) => {
    const hint = config.KAFKA_INSTANCE_ID && 'does another member have this KAFKA_INSTANCE_ID?';
    log.fatal({ err: error, hint }, 'the membership of the group is beyond repair; starting anew');
    process.exit(1);
  },
});

let stopping = false;
async function stop(why: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ why }, 'worker stops: draining');
  // The supervisor has a deadline too, but it may be gone.
  setTimeout(() => process.exit(1), stopTimeoutMs).unref();
  await assignment.stop();
  log.info('worker drained');
  process.exit(0);
}

async function answer(id: number): Promise<void> {
  const metrics = await assignment.metrics.registry.getMetricsAsJSON();
  const standstill = assignment.standstill();
  const report = { joined: assignment.joined, partitions: assignment.report(), metrics };
  const reply: FromWorker = { id, report: standstill === undefined ? report : { ...report, standstill } };
  // A supervisor that is just gone hears nothing, which the channel tells.
  process.send?.(reply, undefined, undefined, () => {});
}

process.on('message', (message: ToWorker) => {
  if (message.ask === 'stop') void stop('supervisor');
  else void answer(message.id);
});
process.on('disconnect', () => void stop('the supervisor is gone'));
process.on('SIGTERM', () => void stop('SIGTERM'));
// A terminal's Ctrl-C reaches the whole group; the supervisor passes it on in its own time.
process.on('SIGINT', () => {});

// The supervisor may have gone while this process was starting, and the channel have closed before anybody listened.
if (process.connected) assignment.run();
else process.exit(1);
