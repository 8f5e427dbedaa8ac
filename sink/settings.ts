import * as v from 'valibot';
import { probeConsumerProperty } from '../infra/kafka/property-probe.ts';
import { kafkaEntries } from '../producer/contract/kafka-settings.ts';
import {
  integer,
  logLevel,
  port,
  serviceEntries,
  setting,
  text,
  wholeNumber,
} from '../producer/contract/settings.ts';
import { MAX_POLL_INTERVAL_MS, OWNED_PROPERTIES } from './group/group-client.ts';
import { hdfsEntries } from './storage/access/hdfs-settings.ts';

const DAY_MS = 86_400_000;
/**
 * The default of `FLUSH_INTERVAL_MS` depends on the transport that `HDFS_URL` names. A flush over
 * WebHDFS opens, writes and closes the file, which takes 40 to 430 ms. A flush over `hdfs://` is
 * one packet, which takes less than a millisecond: 100 of them a second cost a percent of a
 * processor.
 */
export const FLUSH_INTERVAL_DEFAULTS_MS = { webhdfs: 1_000, hdfs: 10 } as const;

const { hdfs: onRpc, webhdfs: onWebHdfs } = FLUSH_INTERVAL_DEFAULTS_MS;

/** Every variable of the environment that the sink reads. */
export const sinkEntries = {
  ...kafkaEntries({ owned: OWNED_PROPERTIES, probe: probeConsumerProperty }),
  KAFKA_GROUP: setting(
    text('hdfs-sink'),
    "The consumer group. The sinks of one group share the topic's partitions.",
  ),
  KAFKA_SESSION_TIMEOUT_MS: setting(
    integer(1_000, MAX_POLL_INTERVAL_MS, 8_000),
    'A sink without a heartbeat for so long loses its partitions to another. The least is the ' +
      "broker's `group.min.session.timeout.ms` (6000).",
  ),
  KAFKA_INSTANCE_ID: setting(
    v.optional(text()),
    'Makes the sink a static member: its restart costs no rebalance. Worker n joins as `<id>-<n>`, ' +
      'which must be unique in the group.',
  ),
  ...hdfsEntries,
  FLUSH_COUNT: setting(integer(1, 1_000_000, 10), 'An append is due when so many records wait.'),
  FLUSH_INTERVAL_MS: setting(
    v.optional(wholeNumber(0, DAY_MS)),
    'An append is due when the oldest waiting record has waited so long. At most `ROLL_INTERVAL_MS`.',
    { byDefault: `${onRpc} ms with \`hdfs://\`, ${onWebHdfs} ms with WebHDFS` },
  ),
  ROLL_BYTES: setting(
    integer(1, 2 ** 40, 134_217_728),
    'The sink finishes and publishes a segment at this size.',
  ),
  ROLL_INTERVAL_MS: setting(
    integer(100, 30 * DAY_MS, 3_600_000),
    "The sink finishes and publishes a segment at this age, and when the records' hour (UTC) changes.",
  ),
  BUFFER_BYTES: setting(
    integer(1_048_576, 2 ** 34, 67_108_864),
    'The most bytes read but not durable, of all partitions of a worker together. A partition ' +
      'above its equal share pauses.',
  ),
  ON_GAP: setting(
    v.optional(
      v.picklist(['continue', 'stop'], (issue) => `"${issue.input}" is neither continue nor stop`),
      'continue',
    ),
    'Where Kafka dropped records before they were stored: the sink goes on behind them ' +
      '(`continue`), or stops the partition (`stop`).',
  ),
  DRAIN_TIMEOUT_MS: setting(
    integer(0, 3_600_000, 10_000),
    'How long a revoke or SIGTERM waits for the last append. It must be below 5 min.',
  ),
  MANAGEMENT_HOST: setting(
    text('127.0.0.1'),
    'The address of health and metrics, `::` for all. The former name `SINK_HOST` still counts.',
  ),
  MANAGEMENT_PORT: setting(
    port(8081),
    'The port of health and metrics. The former name `SINK_PORT` still counts.',
  ),
  SINK_WORKERS: setting(
    integer(1, 64, 1),
    "The number of worker processes. Workers beyond the topic's partitions are idle.",
  ),
  WORKER_TIMEOUT_MS: setting(
    integer(1_000, 3_600_000, 60_000),
    'The supervisor kills and restarts a worker that is silent or stands still for so long. At most ' +
      "half of the unit's `WatchdogSec`.",
  ),
  ...serviceEntries,
  LOG_LEVEL: logLevel,
};
