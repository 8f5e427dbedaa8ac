import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as v from 'valibot';

/** The headers that the client itself sets, or that would change the meaning of a request. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'transfer-encoding',
  'upgrade',
];

const headerObject = v.pipe(
  v.string(),
  v.parseJson(),
  v.check((parsed) => !Array.isArray(parsed)),
  v.record(v.string(), v.string()),
);

/** A JSON object of HTTP headers. */
export const httpHeaders = v.pipe(
  v.optional(v.string(), '{}'),
  v.rawTransform<string, Readonly<Record<string, string>>>(({ dataset, addIssue, NEVER }) => {
    const parsed = v.safeParse(headerObject, dataset.value);
    if (!parsed.success) {
      addIssue({
        message:
          'must be a JSON object of HTTP headers, such as {"Authorization":"Basic ..."}, each a string',
      });
      return NEVER;
    }
    const objections = Object.entries(parsed.output).flatMap(([name, value]) => objectionTo(name, value));
    for (const message of objections) addIssue({ message });
    return objections.length > 0 ? NEVER : parsed.output;
  }),
);

/**
 * Why the client cannot send the header. An objection never shows the value, which may be secret.
 */
function objectionTo(name: string, value: string): string[] {
  try {
    validateHeaderName(name);
  } catch {
    return [`${JSON.stringify(name)} is not the name of a header`];
  }
  if (OWN_HEADERS.includes(name.toLowerCase())) return [`"${name}" is not yours to set`];
  try {
    validateHeaderValue(name, value);
  } catch {
    return [`the value of "${name}" has characters that no header may have`];
  }
  return [];
}
