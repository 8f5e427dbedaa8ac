import { batchAnswer, problem, receipt } from '../contract/answer.ts';
import { eventInput } from '../contract/event.ts';
import {
  ignoredResponse,
  OF_AN_EVENT,
  OF_ANY_REQUEST,
  OUTCOME,
  problemResponses,
  RETRY_AFTER,
  successResponse,
} from './openapi-responses.ts';
import { type Json, refTo, type SchemaName, schemaOf, textSchema } from './openapi-schema.ts';
import { MAX_URL_LENGTH, QUERY_NAMES } from './query.ts';
import type { BodyLimits } from './routes.ts';

/**
 * The OpenAPI 3.1 document of the API. Its sources are the schemas that check the requests, and the
 * table of answers.
 */
export function openApi({ maxBatchEvents }: Pick<BodyLimits, 'maxBatchEvents'>): Json {
  const schemas: Record<SchemaName, Json> = {
    Event: schemaOf(eventInput),
    Receipt: schemaOf(receipt),
    BatchAnswer: schemaOf(batchAnswer),
    Problem: schemaOf(problem),
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Web event producer', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    paths: {
      '/api/select': { get: selectOperation() },
      '/api/pixel.gif': { get: pixelOperation() },
      '/api/events': { post: eventsOperation(maxBatchEvents) },
    },
    components: { schemas },
  };
}

function selectOperation(): Json {
  return {
    operationId: 'select',
    summary: 'Stores one event; answered once the broker has it.',
    parameters: queryParameters(),
    responses: {
      200: successResponse('The event is stored.', 'Receipt'),
      204: ignoredResponse(),
      ...problemResponses([...OF_ANY_REQUEST, ...OF_AN_EVENT]),
    },
  };
}

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

function pixelOperation(): Json {
  return {
    operationId: 'pixel',
    summary: 'Stores one event; the picture comes whatever happens.',
    // The answer to every mistake is the picture too, so a client may send any value.
    parameters: QUERY_NAMES.map((name) => ({ name, in: 'query', schema: textSchema })),
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
  const event = refTo('Event');
  const batch = { type: 'array', items: event, minItems: 1, maxItems: maxBatchEvents };
  const sent = { schema: { oneOf: [event, batch] } };
  const stored = { schema: { oneOf: [refTo('Receipt'), refTo('BatchAnswer')] } };
  return {
    operationId: 'events',
    summary: 'Stores one event or a batch of them, each with its own outcome, in the order of the request.',
    requestBody: { required: true, content: { 'application/json': sent, 'text/plain': sent } },
    responses: {
      200: { description: 'Every event is stored.', content: { 'application/json': stored } },
      204: ignoredResponse(),
      207: successResponse('The events of a batch ended differently.', 'BatchAnswer', RETRY_AFTER),
      ...problemResponses([...OF_ANY_REQUEST, 'payload_too_large', 'unsupported_media_type', ...OF_AN_EVENT]),
    },
  };
}
