import { userInfo } from 'node:os';
import * as v from 'valibot';
import { probeConsumerProperty } from '../infra/kafka/property-probe.ts';
import { kafkaEntries, maskSecrets } from '../producer/contract/kafka-settings.ts';
import {
  type Environment,
  integer,
  logLevel,
  port,
  readSettings,
  SettingsError,
  serviceEntries,
  text,
  wholeNumber,
} from '../producer/contract/settings.ts';
import { MAX_POLL_INTERVAL_MS, OWNED_PROPERTIES } from './group/group-client.ts';
import { hdfsContradictions, hdfsEntries, isRpc, printableHdfs } from './storage/access/hdfs-settings.ts';

const DAY_MS = 86_400_000;
/** Beyond its drain a worker has this long to leave the group and disconnect. */
export const LEAVE_ALLOWANCE_MS = 10_000;
/**
 * The default of `FLUSH_INTERVAL_MS` depends on the transport that `HDFS_URL` names. A flush over
 * WebHDFS opens, writes and closes the file, which takes 40 to 430 ms. A flush over `hdfs://` is one
 * packet, which takes less than a millisecond: 100 of them a second cost a percent of a processor.
 */
export const FLUSH_INTERVAL_DEFAULTS_MS = { webhdfs: 1_000, hdfs: 10 } as const;

const entries = {
  ...kafkaEntries({ owned: OWNED_PROPERTIES, probe: probeConsumerProperty }),
  KAFKA_GROUP: text('hdfs-sink'),
  KAFKA_SESSION_TIMEOUT_MS: integer(1_000, MAX_POLL_INTERVAL_MS, 8_000),
  KAFKA_INSTANCE_ID: v.optional(text()),
  ...hdfsEntries,
  FLUSH_COUNT: integer(1, 1_000_000, 10),
  FLUSH_INTERVAL_MS: v.optional(wholeNumber(0, DAY_MS)),
  ROLL_BYTES: integer(1, 2 ** 40, 134_217_728),
  ROLL_INTERVAL_MS: integer(100, 30 * DAY_MS, 3_600_000),
  BUFFER_BYTES: integer(1_048_576, 2 ** 34, 67_108_864),
  ON_GAP: v.optional(
    v.picklist(['continue', 'stop'], (issue) => `"${issue.input}" is neither continue nor stop`),
    'continue',
  ),
  DRAIN_TIMEOUT_MS: integer(0, 3_600_000, 10_000),
  MANAGEMENT_HOST: text('127.0.0.1'),
  MANAGEMENT_PORT: port(8081),
  SINK_WORKERS: integer(1, 64, 1),
  WORKER_TIMEOUT_MS: integer(1_000, 3_600_000, 60_000),
  ...serviceEntries,
  LOG_LEVEL: logLevel,
};

/** Every variable of the environment that is read. */
export const SETTING_NAMES: readonly string[] = Object.keys(entries);

type Raw = v.InferOutput<v.ObjectSchema<typeof entries, undefined>>;

/** The sink's settings, checked and frozen. Their meanings are in the README's table. */
export type SinkConfig = Readonly<
  Omit<Raw, 'HDFS_USER' | 'FLUSH_INTERVAL_MS'> & { HDFS_USER: string; FLUSH_INTERVAL_MS: number }
>;

/** @throws {SettingsError} naming every mistake */
export function readConfig(env: Environment = process.env): SinkConfig {
  const settings = readSettings(entries, withFormerNames(env), contradictions);
  return Object.freeze({
    ...settings,
    HDFS_USER: settings.HDFS_USER ?? currentUser(),
    FLUSH_INTERVAL_MS: flushIntervalMs(settings),
  });
}

/** The management settings have one name in all roles. The sink still accepts its former names. */
const FORMER_NAMES = { SINK_HOST: 'MANAGEMENT_HOST', SINK_PORT: 'MANAGEMENT_PORT' } as const;

/** @throws {SettingsError} where a setting has two values, one under each of its names */
function withFormerNames(env: Environment): Environment {
  const renamed: Record<string, string | undefined> = {};
  const problems: string[] = [];
  for (const [former, name] of Object.entries(FORMER_NAMES)) {
    const value = env[former];
    if (!value) continue;
    if (env[name] && env[name] !== value)
      problems.push(`${former}: is the former name of ${name}; set ${name} alone`);
    renamed[name] = value;
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...env, ...renamed };
}

/** The settings as they may be shown. */
export function printable(config: SinkConfig): Record<string, unknown> {
  return { ...config, ...printableHdfs(config), KAFKA_CONFIG: maskSecrets(config.KAFKA_CONFIG) };
}

function contradictions(settings: Raw): string[] {
  const problems = hdfsContradictions(settings);
  if (settings.DRAIN_TIMEOUT_MS >= MAX_POLL_INTERVAL_MS) {
    problems.push(
      `DRAIN_TIMEOUT_MS: ${settings.DRAIN_TIMEOUT_MS} must be below ${MAX_POLL_INTERVAL_MS}, ` +
        'the time after which the group gives the partitions away undrained',
    );
  }
  if (flushIntervalMs(settings) > settings.ROLL_INTERVAL_MS) {
    problems.push('FLUSH_INTERVAL_MS: must not exceed ROLL_INTERVAL_MS');
  }
  const watchdogMs = (settings.WATCHDOG_USEC ?? Number.POSITIVE_INFINITY) / 1_000;
  if (watchdogMs < 2 * settings.WORKER_TIMEOUT_MS) {
    problems.push(
      `WORKER_TIMEOUT_MS: ${settings.WORKER_TIMEOUT_MS} must be at most half of the unit's WatchdogSec ` +
        `(${watchdogMs} ms), or systemd ends the whole sink where one worker would have been started again`,
    );
  }
  return problems;
}

function flushIntervalMs({ FLUSH_INTERVAL_MS, HDFS_URL }: Raw): number {
  return FLUSH_INTERVAL_MS ?? FLUSH_INTERVAL_DEFAULTS_MS[HDFS_URL.some(isRpc) ? 'hdfs' : 'webhdfs'];
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    throw new SettingsError(['HDFS_USER: is not set, and the system has no name for the current user']);
  }
}
