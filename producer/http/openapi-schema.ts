import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

export type Json = Readonly<Record<string, unknown>>;

export const textSchema: Json = { type: 'string' };

/** The schemas of the document that other parts of it refer to by name. */
export type SchemaName = 'Event' | 'Receipt' | 'BatchAnswer' | 'Problem';

export function refTo(name: SchemaName): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * Describes what a client sends, before any transformation. Metadata describes the checks for which
 * valibot knows no word of JSON Schema.
 */
const CONVERSION: ConversionConfig = {
  typeMode: 'input',
  ignoreActions: ['check', 'transform', 'finite'],
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === 'metadata'
      ? { ...jsonSchema, ...(valibotAction as v.MetadataAction<unknown, Record<string, unknown>>).metadata }
      : null,
};

/** The JSON Schema of a valibot schema. */
export function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION);
  return rest;
}
