import type * as v from 'valibot';
import { kafkaEntries, maskSecrets } from './contract/kafka.ts';
import {
  type Environment,
  integer,
  logLevel,
  port,
  readSettings,
  serviceEntries,
  text,
} from './contract/settings.ts';
import { OWNED_PROPERTIES, probeProperty } from './librdkafka.ts';

const entries = {
  ...kafkaEntries({ owned: OWNED_PROPERTIES, probe: probeProperty }),
  HOST: text('127.0.0.1'),
  PORT: port(8080),
  LOG_LEVEL: logLevel,
  DELIVERY_TIMEOUT_MS: integer(100, 300_000, 3_000),
  PRODUCE_DEADLINE_MS: integer(100, 300_000, 5_000),
  DRAIN_TIMEOUT_MS: integer(0, 3_600_000, 10_000),
  LINGER_MS: integer(0, 1_000, 1),
  ...serviceEntries,
};

/** Every variable of the environment that is read. */
export const SETTING_NAMES: readonly string[] = Object.keys(entries);

type Raw = v.InferOutput<v.ObjectSchema<typeof entries, undefined>>;

/** The producer's settings, checked and frozen. Their meanings are in the README's table. */
export type ProducerConfig = Readonly<Raw>;

/** @throws {SettingsError} naming every mistake */
export function readConfig(env: Environment = process.env): ProducerConfig {
  return readSettings(entries, env, contradictions);
}

/** The settings as they may be shown. */
export function printable(config: ProducerConfig): Record<string, unknown> {
  return { ...config, KAFKA_CONFIG: maskSecrets(config.KAFKA_CONFIG) };
}

function contradictions(settings: Raw): string[] {
  const { LINGER_MS, DELIVERY_TIMEOUT_MS, PRODUCE_DEADLINE_MS, DRAIN_TIMEOUT_MS } = settings;
  const problems: string[] = [];
  if (LINGER_MS >= DELIVERY_TIMEOUT_MS) {
    problems.push(`LINGER_MS: ${LINGER_MS} must be less than DELIVERY_TIMEOUT_MS (${DELIVERY_TIMEOUT_MS})`);
  }
  if (PRODUCE_DEADLINE_MS <= DELIVERY_TIMEOUT_MS) {
    problems.push(
      `PRODUCE_DEADLINE_MS: ${PRODUCE_DEADLINE_MS} must be more than DELIVERY_TIMEOUT_MS (${DELIVERY_TIMEOUT_MS}), ` +
        'or what Kafka would still have reported is called unknown',
    );
  }
  if (DRAIN_TIMEOUT_MS < PRODUCE_DEADLINE_MS) {
    problems.push(
      `DRAIN_TIMEOUT_MS: ${DRAIN_TIMEOUT_MS} must be at least PRODUCE_DEADLINE_MS (${PRODUCE_DEADLINE_MS}), ` +
        'or a shutdown cuts off what is on its way',
    );
  }
  return problems;
}
