import * as v from 'valibot';
import { probeProducerProperty } from '../infra/kafka/property-probe.ts';
import { kafkaEntries, maskSecrets } from './contract/kafka-settings.ts';
import {
  type Environment,
  integer,
  logLevel,
  port,
  readSettings,
  serviceEntries,
  text,
  wholeNumber,
} from './contract/settings.ts';
import { type Network, parseNetwork } from './http/client-address.ts';
import type { AllowedOrigins } from './http/cross-origin.ts';
import { OWNED_PROPERTIES } from './kafka/librdkafka.ts';

const MiB = 1_048_576;

/** A comma list; what is empty in it is passed over. */
const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').flatMap((item) => item.trim() || [])),
);

const origins = v.optional(
  v.pipe(
    list,
    v.check(
      (items) => items.length > 0 && (items.includes('*') ? items.length === 1 : items.every(isOrigin)),
      'must be * or origins separated by commas, such as https://www.example.com (no path, no slash at the end)',
    ),
    v.transform((items): AllowedOrigins => (items[0] === '*' ? '*' : items)),
  ),
  '*',
);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const networks = v.optional(
  v.pipe(
    list,
    v.rawTransform<string[], readonly Network[]>(({ dataset, addIssue, NEVER }) => {
      try {
        return dataset.value.map(parseNetwork);
      } catch {
        addIssue({ message: 'must be addresses or networks separated by commas, such as 10.0.0.0/8,::1' });
        return NEVER;
      }
    }),
  ),
  '',
);

function choice<const T extends readonly [string, ...string[]]>(...options: T) {
  const message = (issue: v.PicklistIssue) => `"${issue.input}" is not one of ${options.join(', ')}`;
  return v.optional(v.picklist(options, message), options[0]);
}

const entries = {
  ...kafkaEntries({ owned: OWNED_PROPERTIES, probe: probeProducerProperty }),
  HOST: text('127.0.0.1'),
  PORT: port(8080),
  LOG_LEVEL: logLevel,
  DELIVERY_TIMEOUT_MS: integer(100, 300_000, 3_000),
  PRODUCE_DEADLINE_MS: integer(100, 300_000, 5_000),
  DRAIN_TIMEOUT_MS: integer(0, 3_600_000, 10_000),
  LINGER_MS: integer(0, 1_000, 1),
  PRODUCER_WORKERS: integer(1, 256, 1),
  MANAGEMENT_HOST: v.optional(text()),
  MANAGEMENT_PORT: v.optional(wholeNumber(1, 65_535)),
  MAX_IN_FLIGHT_EVENTS: integer(1, 1_000_000, 50_000),
  MAX_IN_FLIGHT_BYTES: integer(MiB, 1_024 * MiB, 64 * MiB),
  MAX_BODY_BYTES: integer(1_024, 64 * MiB, MiB),
  MAX_BATCH_EVENTS: integer(1, 10_000, 500),
  REQUEST_TIMEOUT_MS: integer(100, 600_000, 10_000),
  KEEP_ALIVE_TIMEOUT_MS: integer(0, 3_600_000, 65_000),
  REPEAT_WINDOW_MS: integer(0, 86_400_000, 600_000),
  REPEAT_WINDOW_EVENTS: integer(0, 10_000_000, 200_000),
  RATE_LIMIT_EVENTS: integer(0, 1_000_000, 0),
  RATE_LIMIT_WINDOW_MS: integer(1_000, 3_600_000, 1_000),
  TRUSTED_PROXIES: networks,
  CORS_ORIGINS: origins,
  PRIVACY_SIGNALS: choice('ignore', 'anonymise', 'drop'),
  IP_ADDRESS: choice('none', 'truncated', 'full'),
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
