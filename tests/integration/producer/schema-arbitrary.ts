import fc from 'fast-check';

/** The part of JSON Schema that the producer's document uses for requests. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly maxProperties?: number;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/**
 * Makes values that a schema describes.
 *
 * @throws {Error} where the schema has a keyword that is not known here
 */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`no values of ${JSON.stringify(schema)} are known`);
  }
}

function textOf({ pattern, format, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ min: new Date(1e11), max: new Date(1e14), noInvalidDate: true })
      .map((date) => date.toISOString());
  // A pattern with an end describes the whole text; a pattern without an end is a condition.
  if (pattern?.startsWith('^')) return fc.stringMatching(new RegExp(pattern));
  const text = fc.string({ unit: 'binary', minLength, maxLength });
  return pattern === undefined ? text : text.filter((value) => new RegExp(pattern).test(value));
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.additionalProperties) {
    const names = schema.propertyNames ? textOf(schema.propertyNames) : fc.string();
    const values = arbitraryOf(schema.additionalProperties);
    return fc.dictionary(names, values, { maxKeys: Math.min(schema.maxProperties ?? 5, 5) });
  }
  const entries = Object.entries(schema.properties ?? {});
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, value] of entries) fields[name] = arbitraryOf(value);
  return fc.record(fields, { requiredKeys: [...(schema.required ?? [])] });
}
