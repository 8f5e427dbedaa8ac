import * as v from 'valibot';

/** Longest `service` and `user`, in Unicode code points. */
export const MAX_NAME_LENGTH = 256;
export const MAX_ID_LENGTH = 128;
export const MAX_PROPERTIES = 32;
/** Longest text of a property, in Unicode code points. */
export const MAX_PROPERTY_LENGTH = 1_024;

/** A lone half of a surrogate pair has no UTF-8, and would be stored as another character. */
const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

function codePointsAtMost(max: number) {
  // Most texts are short, and every code point takes at least one UTF-16 unit.
  return (text: string) => text.length <= max || [...text].length <= max;
}

const name = (field: string) =>
  v.pipe(
    v.string(({ input }) => (input === undefined ? `${field} is missing` : `${field} is not a text`)),
    v.check((text) => text.length > 0, `${field} is empty`),
    v.check((text) => text.length === 0 || text.trim().length > 0, `${field} is blank`),
    v.check(codePointsAtMost(MAX_NAME_LENGTH), `${field} is longer than ${MAX_NAME_LENGTH} characters`),
    v.check(isWellFormed, `${field} is not well-formed Unicode`),
    // The OpenAPI document describes a check by its metadata. JSON Schema counts code points,
    // Valibot counts UTF-16 units.
    v.metadata({ minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: '\\S' }),
  );

const id = v.pipe(
  v.string('id is not a text'),
  v.regex(
    new RegExp(`^[A-Za-z0-9._:-]{1,${MAX_ID_LENGTH}}$`),
    `id is not 1 to ${MAX_ID_LENGTH} letters, digits, ".", "_", ":" or "-"`,
  ),
);

/**
 * RFC 3339, and the years of ISO 8601 that a clock far off may give. `isInstant` catches a 29
 * February in a year without one.
 */
const INSTANT =
  /^(?:\d{4}|[+-]\d{6})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const timestamp = v.pipe(
  v.string('timestamp is not a text'),
  v.check(isInstant, 'timestamp is not an ISO 8601 instant with a zone, such as 2026-11-22T14:03:07.123Z'),
  v.metadata({ format: 'date-time', pattern: INSTANT.source }),
  v.transform((text) => new Date(text).toISOString()),
);

/** A clock that is far off makes no event invalid: the event has the producer's time besides. */
function isInstant(text: string): boolean {
  if (!INSTANT.test(text)) return false;
  // `Date` takes the 31st of a short month for the 1st of the next month.
  const [date = ''] = text.split('T');
  const day = new Date(`${date}T00:00:00Z`).getUTCDate();
  return day === Number(date.slice(-2)) && !Number.isNaN(Date.parse(text));
}

const NO_PROPERTY = `is not a text of at most ${MAX_PROPERTY_LENGTH} characters, a number, a boolean or null`;
export const TOO_MANY_PROPERTIES = `properties has more than ${MAX_PROPERTIES} entries`;

const property = v.union(
  [
    v.pipe(
      v.string(),
      v.check(codePointsAtMost(MAX_PROPERTY_LENGTH), NO_PROPERTY),
      v.check(isWellFormed, 'is not well-formed Unicode'),
      v.metadata({ maxLength: MAX_PROPERTY_LENGTH }),
    ),
    // JSON can say a number that no number of JavaScript holds (1e999). It would be stored as null.
    v.pipe(v.number(), v.finite(NO_PROPERTY)),
    v.boolean(),
    v.null(),
  ],
  NO_PROPERTY,
);

const propertyName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
    'is not a valid name: a letter or "_", then letters, digits, "_", ".", "-", at most 64 characters',
  ),
);

const properties = v.pipe(
  v.record(propertyName, property, 'properties is not a JSON object'),
  v.maxEntries(MAX_PROPERTIES, TOO_MANY_PROPERTIES),
);

/** One event as a client sends it. */
export const eventInput = v.strictObject(
  {
    service: name('service'),
    user: name('user'),
    id: v.optional(id),
    timestamp: v.optional(timestamp),
    properties: v.optional(properties),
  },
  (issue) => {
    const key = v.getDotPath(issue);
    if (key === null) return 'the event is not a JSON object';
    return issue.expected === 'never'
      ? `"${key.slice(0, 80)}" is not a field of an event: put fields of your own into properties`
      : `${key} is missing`;
  },
);
export type EventInput = v.InferOutput<typeof eventInput>;

/**
 * What the producer tells a client of one mistake. A schema's own message does not name the
 * property.
 */
export function issueMessage(issue: v.InferIssue<typeof eventInput>): string {
  const nested = issue.path !== undefined && issue.path.length > 1;
  return nested ? `${v.getDotPath(issue)?.slice(0, 80)} ${issue.message}` : issue.message;
}
