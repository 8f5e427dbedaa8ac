import * as v from 'valibot';
import { storedEvent } from '../../producer/contract/stored-event.ts';
import { type Json, schemaOf } from '../../producer/http/openapi-schema.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the sink adds to every line. */
const position = {
  kafka_partition: v.pipe(count, v.description('The partition of the record.')),
  kafka_offset: v.pipe(count, v.description('The offset of the record in its partition.')),
};

const eventLine = v.pipe(
  v.strictObject({ ...storedEvent.entries, ...position }),
  v.title('An event'),
  v.description("The producer's record, its bytes unchanged, with its place in the topic."),
);

const rejectedLine = v.pipe(
  v.strictObject({
    kafka_rejected: v.pipe(v.string(), v.description('Why the value is no line by itself.')),
    kafka_value: v.pipe(
      v.nullable(v.pipe(v.string(), v.metadata({ contentEncoding: 'base64' }))),
      v.description('The bytes of the value. It is null where the record has none.'),
    ),
    ...position,
  }),
  v.title('A rejected record'),
  v.description('A record whose value is no JSON object, or which would not be one line.'),
);

/** The JSON Schema (2020-12) of a line that the sink makes of a record of the producer. */
export function storedLineSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:web-events:stored-line',
    title: 'A stored line',
    ...schemaOf(v.union([eventLine, rejectedLine])),
  };
}
