import { describe, expect, it } from 'vitest';
import { openApi } from '../../../producer/http/openapi.ts';
import { AnswerCheck, type OpenApiDocument } from '../../support/collector/answer-check.ts';

const document = openApi({ maxBatchEvents: 2 }) as unknown as OpenApiDocument;
const check = new AnswerCheck(document);
const RECEIPT = { id: 'i', timestamp: '2026-11-22T14:03:07.123Z', topic: 't', partition: 0, offset: 0 };
const PROBLEM = { type: 'urn:x', title: 'x', status: 503, detail: 'x', code: 'overloaded' };

function objection(path: string, status: number, type: string, body: unknown, retryAfter?: string) {
  const headers = { 'content-type': type, 'retry-after': retryAfter };
  const text = body === undefined ? '' : JSON.stringify(body);
  return check.objection('GET', path, { status, headers, body: Buffer.from(text) });
}

describe('an answer', () => {
  it.each([
    ['/api/select', 200, 'application/json', RECEIPT, undefined],
    ['/api/select', 503, 'application/problem+json', PROBLEM, '1'],
    ['/api/select', 204, '', undefined, undefined],
    ['/nowhere', 404, 'application/problem+json', PROBLEM, undefined],
  ])('as documented is not objected to: %s %i %s %j', (path, status, type, body, retryAfter) => {
    expect(objection(path, status, type, body, retryAfter)).toBeUndefined();
  });

  it.each([
    ['/api/select', 418, 'application/json', RECEIPT, undefined, '418 is not documented'],
    ['/api/select', 500, 'application/problem+json', PROBLEM, undefined, '500 is not documented'],
    ['/nowhere', 200, 'application/json', {}, undefined, '200 is not documented'],
    [
      '/api/select',
      503,
      'application/problem+json',
      PROBLEM,
      undefined,
      'Retry-After is no number of seconds',
    ],
    ['/api/select', 503, 'application/problem+json', PROBLEM, 'soon', 'Retry-After is no number of seconds'],
    ['/api/select', 200, 'text/html', RECEIPT, undefined, 'the content type text/html is not documented'],
    ['/api/select', 204, '', {}, undefined, 'a body is not documented'],
    ['/api/select', 200, 'application/json', { ...RECEIPT, offset: 'x' }, undefined, 'the body is not'],
    ['/api/select', 503, 'application/problem+json', { code: 'x' }, '1', 'the body is not'],
    ['/nowhere', 404, 'application/problem+json', {}, undefined, 'no problem'],
  ])('is objected to: %s %i %s %j, Retry-After %s', (path, status, type, body, retryAfter, why) => {
    expect(objection(path, status, type, body, retryAfter)).toContain(why);
  });
});
