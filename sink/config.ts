import { userInfo } from 'node:os';
import type * as v from 'valibot';
import { maskSecrets } from '../producer/contract/kafka-settings.ts';
import { type Environment, readSettings, SettingsError } from '../producer/contract/settings.ts';
import { MAX_POLL_INTERVAL_MS } from './group/group-client.ts';
import { FLUSH_INTERVAL_DEFAULTS_MS, sinkEntries } from './settings.ts';
import { hdfsContradictions, isRpc, printableHdfs } from './storage/access/hdfs-settings.ts';

/** Beyond its drain a worker has this long to leave the group and disconnect. */
export const LEAVE_ALLOWANCE_MS = 10_000;

type Raw = v.InferOutput<v.ObjectSchema<typeof sinkEntries, undefined>>;

/** The sink's settings, checked and frozen. sink/README.md has their table. */
export type SinkConfig = Readonly<
  Omit<Raw, 'HDFS_USER' | 'FLUSH_INTERVAL_MS'> & { HDFS_USER: string; FLUSH_INTERVAL_MS: number }
>;

/** @throws {SettingsError} naming every mistake */
export function readConfig(env: Environment = process.env): SinkConfig {
  const settings = readSettings(sinkEntries, withFormerNames(env), contradictions);
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
