import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { batchAnswer, problem, receipt } from '../contract/answer.ts';
import { eventInput } from '../contract/event.ts';
import { ANSWERS, type ErrorCode } from '../events/errors.ts';
import { OUTCOME_HEADER } from './answer.ts';
import { MAX_URL_LENGTH, QUERY_NAMES } from './query.ts';
import type { BodyLimits } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } };
const OUTCOME = {
  [OUTCOME_HEADER]: { description: 'acked, dropped, prefetch, or the code of the problem.', schema: text },
};

/** The OpenAPI 3.1 document of the API, from the schemas that check requests and the table of answers. */
export function openApi({ maxBatchEvents }: Pick<BodyLimits, 'maxBatchEvents'>): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Web event producer', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    paths: {
      '/api/select': { get: selectOperation() },
      '/api/pixel.gif': { get: pixelOperation() },
      '/api/events': { post: eventsOperation(maxBatchEvents) },
    },
    components: {
      schemas: {
        Event: schemaOf(eventInput),
        Receipt: schemaOf(receipt),
        BatchAnswer: schemaOf(batchAnswer),
        Problem: schemaOf(problem),
      },
    },
  };
}

function selectOperation(): Json {
  return {
    operationId: 'select',
    summary: 'Stores one event; answered once the broker has it.',
    parameters: queryParameters(),
    responses: {
      200: success('The event is stored.', 'Receipt'),
      204: ignored(),
      ...problemResponses([...OF_ANY_REQUEST, ...OF_AN_EVENT]),
    },
  };
}

function pixelOperation(): Json {
  return {
    operationId: 'pixel',
    summary: 'Stores one event; the picture comes whatever happens.',
    // Every mistake is answered with the picture too, so any value is one that may be sent.
    parameters: QUERY_NAMES.map((name) => ({ name, in: 'query', schema: text })),
    responses: {
      200: {
        description: 'A transparent pixel.',
        headers: OUTCOME,
        content: { 'image/gif': { schema: { type: 'string', contentEncoding: 'binary' } } },
      },
      ...problemResponses([...OF_ANY_REQUEST, 'internal']),
    },
  };
}

function eventsOperation(maxBatchEvents: number): Json {
  const event = { $ref: '#/components/schemas/Event' };
  const schema = { oneOf: [event, { type: 'array', items: event, minItems: 1, maxItems: maxBatchEvents }] };
  const stored = {
    oneOf: ['Receipt', 'BatchAnswer'].map((name) => ({ $ref: `#/components/schemas/${name}` })),
  };
  return {
    operationId: 'events',
    summary: 'Stores one event or a batch of them, each with its own outcome, in the order of the request.',
    requestBody: {
      required: true,
      content: { 'application/json': { schema }, 'text/plain': { schema } },
    },
    responses: {
      200: { description: 'Every event is stored.', content: { 'application/json': { schema: stored } } },
      204: ignored(),
      207: success('The events of a batch ended differently.', 'BatchAnswer', RETRY_AFTER),
      ...problemResponses([...OF_ANY_REQUEST, 'payload_too_large', 'unsupported_media_type', ...OF_AN_EVENT]),
    },
  };
}

/** From before the app: the request is none, or never ends, or has no end. */
const OF_ANY_REQUEST: readonly ErrorCode[] = [
  'invalid_request',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
];

const OF_AN_EVENT: readonly ErrorCode[] = [
  'rate_limited',
  'internal',
  'broker_refused',
  'broker_unavailable',
  'overloaded',
  'draining',
  'outcome_unknown',
];

function queryParameters(): Json[] {
  const { properties, required } = schemaOf(eventInput) as { properties: Json; required: string[] };
  return QUERY_NAMES.map((name) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: properties[name],
    description: `At most ${MAX_URL_LENGTH} characters in the whole address.`,
  }));
}

function success(description: string, name: string, headers: Json = {}): Json {
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
  return { description, headers, content };
}

function ignored(): Json {
  return { description: 'Not an event: dropped by the privacy policy, or a prefetch.', headers: OUTCOME };
}

/** The problems by their status, several of which may share one. */
function problemResponses(codes: readonly ErrorCode[]): Json {
  const statuses = [...new Set(codes.map((code) => ANSWERS[code].status))];
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(status, codes)]));
}

function problemResponse(status: number, all: readonly ErrorCode[]): Json {
  const codes = all.filter((code) => ANSWERS[code].status === status);
  const retry = codes.some((code) => 'retryAfterSeconds' in ANSWERS[code]);
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return { description: codes.join(', '), ...(retry && { headers: RETRY_AFTER }), content };
}

/** As the client sends it, and with what its metadata says of checks that JSON Schema has no word for. */
const CONVERSION: ConversionConfig = {
  typeMode: 'input',
  ignoreActions: ['check', 'transform', 'finite'],
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === 'metadata'
      ? { ...jsonSchema, ...(valibotAction as v.MetadataAction<unknown, Record<string, unknown>>).metadata }
      : null,
};

function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION);
  return rest;
}
