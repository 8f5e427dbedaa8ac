import { ANSWERS, type ErrorCode } from '../events/errors.ts';
import { OUTCOME_HEADER } from './answer.ts';
import { type Json, refTo, type SchemaName, textSchema } from './openapi-schema.ts';

export const RETRY_AFTER: Json = {
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
};
export const OUTCOME: Json = {
  [OUTCOME_HEADER]: {
    description: 'acked, dropped, prefetch, or the code of the problem.',
    schema: textSchema,
  },
};

/** Answers that come before the app: the request is no HTTP, never ends, or is too large. */
export const OF_ANY_REQUEST: readonly ErrorCode[] = [
  'invalid_request',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
];

export const OF_AN_EVENT: readonly ErrorCode[] = [
  'rate_limited',
  'internal',
  'broker_refused',
  'broker_unavailable',
  'overloaded',
  'draining',
  'outcome_unknown',
];

export function successResponse(description: string, name: SchemaName, headers: Json = {}): Json {
  return { description, headers, content: { 'application/json': { schema: refTo(name) } } };
}

export function ignoredResponse(): Json {
  return { description: 'Not an event: dropped by the privacy policy, or a prefetch.', headers: OUTCOME };
}

/** One response for each status of the problems. Several problems may share a status. */
export function problemResponses(codes: readonly ErrorCode[]): Json {
  const statuses = [...new Set(codes.map((code) => ANSWERS[code].status))];
  return Object.fromEntries(statuses.map((status) => [status, describeStatus(status, codes)]));
}

function describeStatus(status: number, all: readonly ErrorCode[]): Json {
  const codes = all.filter((code) => ANSWERS[code].status === status);
  const retry = codes.some((code) => 'retryAfterSeconds' in ANSWERS[code]);
  const content = { 'application/problem+json': { schema: refTo('Problem') } };
  return { description: codes.join(', '), ...(retry && { headers: RETRY_AFTER }), content };
}
