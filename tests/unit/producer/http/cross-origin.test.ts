import { describe, expect, it } from 'vitest';
import { assembleCollector } from '../../../support/collector/assembled-collector.ts';

const SELECT = '/api/select?service=blue&user=kim';
const LISTED = 'https://a.example';
const OTHER = 'https://b.example';

async function ask(CORS_ORIGINS: string, Origin: string, method: string): Promise<Headers> {
  const headers = { Origin, 'Access-Control-Request-Method': 'POST' };
  const { headers: answered } = await assembleCollector({ CORS_ORIGINS }).app.request(SELECT, {
    method,
    headers,
  });
  expect(answered.get('access-control-allow-credentials')).toBeNull();
  return answered;
}

describe.each(['GET', 'OPTIONS', 'DELETE'])('%s', (method) => {
  it.each([
    ['*', OTHER, '*'],
    [`${LISTED},https://c.example`, LISTED, LISTED],
    [LISTED, OTHER, null],
    [LISTED, 'null', null],
    [LISTED, `${LISTED}.evil.example`, null],
    ['https://*.example.com', 'https://www.example.com', 'https://www.example.com'],
    ['https://*.example.com', 'https://a.b.example.com', 'https://a.b.example.com'],
    ['https://*.example.com', 'https://example.com', null],
    ['https://*.example.com', 'https://evilexample.com', null],
    ['https://*.example.com', 'http://www.example.com', null],
    ['https://*.example.com', 'https://www.example.com:8443', null],
    ['https://*.example.com:8443', 'https://www.example.com:8443', 'https://www.example.com:8443'],
    ['https://*.example.com', 'https://.example.com', null],
  ])('with CORS_ORIGINS=%s lets a page of %s read %s', async (origins, origin, allowed) => {
    const headers = await ask(origins, origin, method);
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
    if (origins !== '*') expect(headers.get('vary')).toContain('Origin');
  });
});

it('keeps every answer out of caches, and shows pages the two headers that matter', async () => {
  const headers = await ask(LISTED, LISTED, 'GET');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('access-control-expose-headers')).toBe('Retry-After, Producer-Outcome');
});

async function preflight(CORS_ORIGINS: string, asked: Record<string, string>): Promise<Headers> {
  const headers = { Origin: LISTED, 'Access-Control-Request-Method': 'POST', ...asked };
  const { app } = assembleCollector({ CORS_ORIGINS });
  return (await app.request('/api/events', { method: 'OPTIONS', headers })).headers;
}

it.each([
  'content-type',
  'traceparent,tracestate,baggage',
  'sentry-trace,baggage',
  'b3',
  'x-datadog-trace-id',
])('a page may send the headers that tracing adds to each fetch: %s', async (names) => {
  const allowed = (await preflight('*', { 'Access-Control-Request-Headers': names })).get(
    'access-control-allow-headers',
  );
  expect(allowed?.toLowerCase().split(/,\s*/)).toEqual(names.split(','));
});

it.each([
  ['*', 'true'],
  [LISTED, 'true'],
  [OTHER, null],
])('with CORS_ORIGINS=%s a public page may reach a private network: %s', async (origins, allowed) => {
  const headers = await preflight(origins, { 'Access-Control-Request-Private-Network': 'true' });
  expect(headers.get('access-control-allow-private-network')).toBe(allowed);
  expect((await preflight(origins, {})).get('access-control-allow-private-network')).toBeNull();
});
