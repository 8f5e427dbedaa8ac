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
