import { afterEach, expect, it, vi } from 'vitest';
import { settledBy } from '../../../../site/event/answer.ts';
import { exchange } from '../../../../site/event/exchange.ts';

const URL = 'https://producer.example/api/select';

afterEach(() => vi.unstubAllGlobals());

const answerWith = (body: string | null, init: ResponseInit) =>
  vi.stubGlobal('fetch', async () => new Response(body, init));

it('hands on the status, the body and the wait in milliseconds', async () => {
  answerWith('{"code":"overloaded"}', { status: 503, headers: { 'Retry-After': '2' } });
  expect(await exchange(URL, {})).toEqual({ body: { code: 'overloaded', status: 503 }, retryAfterMs: 2_000 });
});

it('believes the status of the response and not that of the body', async () => {
  answerWith('{"status":200,"offset":7}', { status: 503 });
  expect(settledBy('i', (await exchange(URL, {})).body)).toBeUndefined();
});

it('takes the code from the header where there is no body', async () => {
  answerWith(null, { status: 204, headers: { 'Producer-Outcome': 'dropped' } });
  expect((await exchange(URL, {})).body).toEqual({ code: 'dropped', status: 204 });
});

it('asks for no wait where Retry-After is a date or missing', async () => {
  answerWith('<p>', { status: 502, headers: { 'Retry-After': 'Sun, 22 Nov 2026 14:03:07 GMT' } });
  expect((await exchange(URL, {})).retryAfterMs).toBe(0);
  answerWith('<p>', { status: 502 });
  expect((await exchange(URL, {})).retryAfterMs).toBe(0);
});

it.each([
  ['86400', 60_000],
  ['-100', 60_000],
  ['1e400', 60_000],
  ['', 0],
])('waits a minute at most, and never a negative time (Retry-After: %s)', async (header, retryAfterMs) => {
  answerWith('<p>', { status: 503, headers: { 'Retry-After': header } });
  expect((await exchange(URL, {})).retryAfterMs).toBe(retryAfterMs);
});

it('says "unanswered" where no answer came, and does not reject', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new DOMException('late', 'TimeoutError')));
  expect(await exchange(URL, {})).toEqual({ body: { code: 'unanswered' }, retryAfterMs: 0 });
});
