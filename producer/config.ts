import type * as v from 'valibot';
import { maskSecrets } from './contract/kafka-settings.ts';
import { type Environment, readSettings } from './contract/settings.ts';
import { producerEntries } from './settings.ts';

type Raw = v.InferOutput<v.ObjectSchema<typeof producerEntries, undefined>>;

/** The producer's settings, checked and frozen. producer/README.md has their table. */
export type ProducerConfig = Readonly<Raw>;

/** @throws {SettingsError} naming every mistake */
export function readConfig(env: Environment = process.env): ProducerConfig {
  return readSettings(producerEntries, env, contradictions);
}

/**
 * The settings of a function. A function has few calls at a time and awaits each. Lingering would
 * only delay the calls.
 *
 * @throws {SettingsError} naming every mistake
 */
export function readFunctionConfig(env: Environment = process.env): ProducerConfig {
  return readConfig({ ...env, LINGER_MS: env['LINGER_MS'] || '0' });
}

/** Where the operators ask, if not on the API's own port. */
export function managementAddress(config: ProducerConfig): { host: string; port: number } {
  const { HOST, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT: port = 0 } = config;
  return { host: MANAGEMENT_HOST, port };
}

/** The settings as they may be shown. */
export function printable(config: ProducerConfig): Record<string, unknown> {
  return {
    ...config,
    KAFKA_CONFIG: maskSecrets(config.KAFKA_CONFIG),
    TRUSTED_PROXIES: config.TRUSTED_PROXIES.map(([address, bits]) => `${address}/${bits}`),
  };
}

function contradictions(settings: Raw): string[] {
  const { LINGER_MS, DELIVERY_TIMEOUT_MS, PRODUCE_DEADLINE_MS, DRAIN_TIMEOUT_MS } = settings;
  const { MANAGEMENT_HOST, MANAGEMENT_PORT, PRODUCER_WORKERS, PORT } = settings;
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
  if (PRODUCER_WORKERS > 1 && MANAGEMENT_PORT === undefined) {
    problems.push(
      `PRODUCER_WORKERS: ${PRODUCER_WORKERS} need a MANAGEMENT_PORT, where one answer is given for all of them`,
    );
  }
  if (MANAGEMENT_HOST !== undefined && MANAGEMENT_PORT === undefined) {
    problems.push('MANAGEMENT_HOST: is of no use without MANAGEMENT_PORT');
  }
  if (settings.MAX_BATCH_EVENTS > settings.MAX_IN_FLIGHT_EVENTS) {
    problems.push(
      `MAX_BATCH_EVENTS: ${settings.MAX_BATCH_EVENTS} must not be more than MAX_IN_FLIGHT_EVENTS ` +
        `(${settings.MAX_IN_FLIGHT_EVENTS}), or a full batch is never taken whole`,
    );
  }
  if (settings.MAX_BODY_BYTES > settings.MAX_IN_FLIGHT_BYTES) {
    problems.push(
      `MAX_BODY_BYTES: ${settings.MAX_BODY_BYTES} must not be more than MAX_IN_FLIGHT_BYTES ` +
        `(${settings.MAX_IN_FLIGHT_BYTES}), or there is never room for the largest body`,
    );
  }
  if (MANAGEMENT_PORT !== undefined && MANAGEMENT_PORT === PORT) {
    problems.push(
      `MANAGEMENT_PORT: ${MANAGEMENT_PORT} is PORT already; leave it out to have both on one port`,
    );
  }
  return problems;
}
