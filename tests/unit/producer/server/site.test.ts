import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { mountSite } from '../../../../producer/server/site.ts';

const app = new Hono();
mountSite(app);
const headersOf = async (path: string) => Object.fromEntries((await app.request(path)).headers);

it('lets the page load and ask only what is of its own origin, and be framed by nobody', async () => {
  const headers = await headersOf('/');
  const policy = headers['content-security-policy'] ?? '';
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]),
  );
  expect(policy).not.toMatch(/unsafe-|\*/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
});

it.each(['/page.js', '/style.css'])('keeps %s from other origins', async (path) => {
  expect(await headersOf(path)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
});

it.each(['/web-events.js', '/web-events.mjs'])('lets pages of every origin load %s', async (path) => {
  expect(await headersOf(path)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'cache-control': 'no-cache',
  });
});

it.each(['/', '/page.js', '/web-events.js', '/web-events.mjs'])(
  'sends %s packed, and once only',
  async (path) => {
    const headers = { 'Accept-Encoding': 'gzip' };
    const first = await app.request(path, { headers });
    expect(first.headers.get('content-encoding')).toBe('gzip');
    const tag = first.headers.get('etag') ?? '';
    const again = await app.request(path, { headers: { ...headers, 'If-None-Match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  },
);
