import * as v from 'valibot';
import { eventInput } from './event.ts';

const INSTANT = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`;
/** The same by a clock that may be far off: its year may have a sign and six digits. */
const CLIENT_INSTANT = INSTANT.replace(String.raw`\d{4}`, String.raw`(\d{4}|[+-]\d{6})`);

const { service, user, id, properties } = eventInput.entries;

/** An instant as `Date.toISOString` writes it: ISO 8601, UTC, milliseconds. */
const instant = v.pipe(v.string(), v.metadata({ format: 'date-time', pattern: INSTANT }));

const described = <const S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

/**
 * What the producer and the sink agree on: one event of the browser as the value of one Kafka
 * record. The record's key is `user`. Its Kafka timestamp is the same instant as `timestamp`. The
 * fields stand in this order, and an optional field is there only with a value.
 */
export const storedEvent = v.object({
  id: described(
    id.wrapped,
    "The client's own id, or a UUID v7 that the producer made when the API was called.",
  ),
  timestamp: described(instant, 'When the API was called: ISO 8601, UTC, milliseconds.'),
  userAgent: described(
    v.nullable(v.string()),
    'The User-Agent header. It is null without one, or where the event is anonymised.',
  ),
  service: described(service, 'The service that the client names.'),
  user: described(
    v.nullable(user),
    'The user that the client names. It is null where the event is anonymised, and so is the key.',
  ),
  clientTimestamp: v.exactOptional(
    described(
      v.pipe(v.string(), v.metadata({ pattern: CLIENT_INSTANT })),
      "When the event happened, by the client's clock, which may be wrong: ISO 8601, UTC, milliseconds.",
    ),
  ),
  properties: v.exactOptional(described(properties.wrapped, 'Fields of the client.')),
  ip: v.exactOptional(
    described(v.string(), "The client's address, whole or truncated, where IP_ADDRESS keeps it."),
  ),
  bot: v.exactOptional(described(v.literal(true), 'The User-Agent is that of a known bot.')),
  anonymised: v.exactOptional(
    described(
      v.literal(true),
      'The browser asked not to be tracked: user, userAgent, ip and properties are withheld.',
    ),
  ),
});
export type Event = Readonly<v.InferOutput<typeof storedEvent>>;
