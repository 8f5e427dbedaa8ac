import * as v from 'valibot';
import { probeProducerProperty } from '../infra/kafka/property-probe.ts';
import { kafkaEntries } from './contract/kafka-settings.ts';
import { integer, logLevel, port, serviceEntries, setting, text, wholeNumber } from './contract/settings.ts';
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
      'must be * or origins separated by commas, such as https://www.example.com or https://*.example.com (no path, no slash at the end)',
    ),
    v.transform((items): AllowedOrigins => (items[0] === '*' ? '*' : items)),
  ),
  '*',
);

/** An origin as browsers write it; `*.` may stand for every subdomain. Others would never match. */
function isOrigin(text: string): boolean {
  const origin = text.replace('://*.', '://any.');
  return URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*');
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

/** Every variable of the environment that the producer reads. */
export const producerEntries = {
  ...kafkaEntries({ owned: OWNED_PROPERTIES, probe: probeProducerProperty }),
  HOST: setting(
    text('127.0.0.1'),
    'The address where the API listens. `::` stands for all, of IPv4 and IPv6.',
  ),
  PORT: setting(port(8080), 'The port of the API and of the page. With 0 the system chooses one.'),
  LOG_LEVEL: logLevel,
  DELIVERY_TIMEOUT_MS: setting(
    integer(100, 300_000, 3_000),
    'How long librdkafka tries to deliver a record.',
  ),
  PRODUCE_DEADLINE_MS: setting(
    integer(100, 300_000, 5_000),
    'When the producer calls an outcome unknown. Must be above `DELIVERY_TIMEOUT_MS`.',
  ),
  DRAIN_TIMEOUT_MS: setting(
    integer(0, 3_600_000, 10_000),
    'How long SIGTERM waits for the events in flight. At least `PRODUCE_DEADLINE_MS`.',
  ),
  LINGER_MS: setting(
    integer(0, 1_000, 1),
    'How long a batch for the broker waits for more records. Functions have the default 0.',
  ),
  PRODUCER_WORKERS: setting(
    integer(1, 256, 1),
    'Processes that share the port. More than one need a `MANAGEMENT_PORT`, which answers for all.',
  ),
  MANAGEMENT_HOST: setting(
    v.optional(text()),
    'The address of health and metrics. Of use only with `MANAGEMENT_PORT`.',
    { byDefault: 'as `HOST`' },
  ),
  MANAGEMENT_PORT: setting(
    v.optional(wholeNumber(1, 65_535)),
    'A port for health and metrics alone. Without it they are on `PORT`.',
  ),
  MAX_IN_FLIGHT_EVENTS: setting(
    integer(1, 1_000_000, 50_000),
    'Events on their way to the broker. The producer answers `overloaded` to an event beyond this.',
  ),
  MAX_IN_FLIGHT_BYTES: setting(
    integer(MiB, 1_024 * MiB, 64 * MiB),
    'The same in bytes. Bodies that are still coming in may hold as many bytes again.',
  ),
  MAX_BODY_BYTES: setting(
    integer(1_024, 64 * MiB, MiB),
    'The longest body of a request. At most `MAX_IN_FLIGHT_BYTES`.',
  ),
  MAX_BATCH_EVENTS: setting(
    integer(1, 10_000, 500),
    'The most events in one request. At most `MAX_IN_FLIGHT_EVENTS`.',
  ),
  REQUEST_TIMEOUT_MS: setting(
    integer(100, 600_000, 10_000),
    'From the first byte of a request to its last. A slower client gets 408.',
  ),
  KEEP_ALIVE_TIMEOUT_MS: setting(
    integer(0, 3_600_000, 65_000),
    "How long the producer keeps an idle connection. Choose more than your load balancer's time-out.",
  ),
  REPEAT_WINDOW_MS: setting(
    integer(0, 86_400_000, 600_000),
    "How long the producer remembers a client's `id`.",
  ),
  REPEAT_WINDOW_EVENTS: setting(
    integer(0, 10_000_000, 200_000),
    "How many events with a client's `id` the producer remembers.",
  ),
  RATE_LIMIT_EVENTS: setting(
    integer(0, 1_000_000, 0),
    'Events that a client may send to one process in `RATE_LIMIT_WINDOW_MS`. With 0 there is no limit.',
  ),
  RATE_LIMIT_WINDOW_MS: setting(
    integer(1_000, 3_600_000, 1_000),
    'The time in which `RATE_LIMIT_EVENTS` counts. A client is an IPv4 address, or a /64 of IPv6.',
  ),
  TRUSTED_PROXIES: setting(
    networks,
    'Addresses and networks, such as `10.0.0.0/8,::1`, whose `X-Forwarded-For` the producer believes.',
  ),
  CORS_ORIGINS: setting(
    origins,
    'The origins whose pages may read the answers, separated by commas, such as `https://*.example.com`, or `*` for all.',
  ),
  PRIVACY_SIGNALS: setting(
    choice('ignore', 'anonymise', 'drop'),
    'What the producer does with an event whose browser sends `Sec-GPC: 1` or `DNT: 1`.',
  ),
  IP_ADDRESS: setting(
    choice('none', 'truncated', 'full'),
    "What the producer stores of the client's address. `truncated` keeps a /24 of IPv4, a /48 of IPv6.",
  ),
  ...serviceEntries,
};
