import * as v from 'valibot';
import { setting, text } from './settings.ts';

/** The value of a librdkafka property, as JSON can say it. */
export type LibrdkafkaValue = string | number | boolean;

function isAddress(address: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:]+\]|[^\s:,/]+):(\d{1,5})$/.exec(address)?.[1];
  return port !== undefined && Number(port) > 0 && Number(port) <= 65_535;
}

const brokers = v.optional(
  v.pipe(
    v.string(),
    v.transform((list) => list.split(',').map((address) => address.trim())),
    v.check((addresses) => addresses.every(isAddress), 'must be host:port, or several separated by commas'),
    v.transform((addresses) => addresses.join(',')),
  ),
  '127.0.0.1:9092',
);

const topic = v.pipe(
  text('web-events'),
  v.check(
    (name) => /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..',
    'must be a Kafka topic name: letters, digits, ".", "_", "-", at most 249',
  ),
);

const properties = v.optional(
  v.pipe(
    v.string(),
    v.rawTransform<string, Readonly<Record<string, LibrdkafkaValue>>>(({ dataset, addIssue, NEVER }) => {
      const parsed = v.safeParse(
        v.pipe(
          v.string(),
          v.parseJson(),
          v.check((parsed) => !Array.isArray(parsed)),
          v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
        ),
        dataset.value,
      );
      if (parsed.success) return parsed.output;
      addIssue({
        message:
          'must be a JSON object of librdkafka properties, such as {"security.protocol":"ssl"}, each a string, a number or a boolean',
      });
      return NEVER;
    }),
  ),
  '{}',
);

/** Names of properties that carry a secret. The roles mask them wherever they print settings. */
const SECRET = /password|passphrase|secret|token|\.pem$|oauthbearer\.config|jaas/;

/** `KAFKA_CONFIG` as a role may print it. */
export function maskSecrets(
  config: Readonly<Record<string, LibrdkafkaValue>>,
): Record<string, LibrdkafkaValue> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, SECRET.test(name) ? '***' : value]),
  );
}

/** A role's rules for the properties in `KAFKA_CONFIG`. */
export interface PropertyRules {
  /** Properties that the role sets itself, each with what to do instead. They are never probed. */
  readonly owned: Readonly<Record<string, string>>;
  /**
   * librdkafka's objection to one property by itself, or undefined. The role passes this in, for
   * this folder loads no native code.
   */
  readonly probe: (name: string, value: LibrdkafkaValue) => string | undefined;
}

/**
 * The settings with which a role finds the topic. `KAFKA_CONFIG` holds further librdkafka
 * properties. Every wrong property is named, without a connection.
 */
export const kafkaEntries = (rules: PropertyRules) => ({
  KAFKA_BROKERS: setting(
    brokers,
    'Brokers as `host:port`, separated by commas. They name the other brokers of the cluster.',
  ),
  KAFKA_TOPIC: setting(topic, 'The topic that carries the events.'),
  KAFKA_CONFIG: setting(
    v.pipe(
      properties,
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        for (const message of objections(dataset.value, rules)) addIssue({ message });
      }),
    ),
    'JSON of further librdkafka properties (SASL, TLS). The role refuses unknown ones, and those that ' +
      'it sets itself.',
  ),
});

function objections(
  config: Readonly<Record<string, LibrdkafkaValue>>,
  { owned, probe }: PropertyRules,
): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const advice = Object.hasOwn(owned, name) ? owned[name] : undefined;
    const objection =
      advice === undefined ? probe(name, value)?.trim() : `"${name}" is not yours to set: ${advice}`;
    return objection === undefined ? [] : [objection];
  });
}
