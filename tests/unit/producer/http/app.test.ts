import { setImmediate } from 'node:timers/promises';
import type { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { ANSWERS, CollectorError, type ErrorCode } from '../../../../producer/events/errors.ts';
import type { Health } from '../../../../producer/operations/health.ts';
import {
  type AssembledCollector,
  assembleCollector,
} from '../../../support/collector/assembled-collector.ts';
import type { ScriptedEventLog } from '../../../support/fakes/scripted-event-log.ts';

const SELECT = '/api/select?service=blue&user=hong';

let eventLog: ScriptedEventLog;
let health: Health;
let app: Hono;
let logged: readonly string[];
let metrics: AssembledCollector['metrics'];

beforeEach(() => {
  ({ eventLog, health, app, logged, metrics } = assembleCollector());
});

async function readProblem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
}

async function metric(name: string): Promise<number | undefined> {
  return (await metrics()).get(name);
}

describe('GET /api/select', () => {
  it('answers with where the event is stored', async () => {
    const response = await app.request(SELECT, { headers: { 'User-Agent': 'test/1' } });
    expect(response.status).toBe(200);
    const stored = JSON.parse(eventLog.records[0]?.value.toString() ?? '{}');
    expect(stored).toMatchObject({ service: 'blue', user: 'hong', userAgent: 'test/1' });
    expect(await response.json()).toEqual({
      id: stored.id,
      timestamp: stored.timestamp,
      topic: 'scripted',
      partition: 0,
      offset: 0,
    });
  });

  it('says nothing before the event log has the event', async () => {
    let open = () => {};
    eventLog.gate = new Promise((resolve) => {
      open = resolve;
    });
    let answered = false;
    const response = Promise.resolve(app.request(SELECT)).finally(() => {
      answered = true;
    });
    await setImmediate();
    expect(await metric('producer_events_in_flight')).toBe(1);
    expect(answered).toBe(false);
    open();
    expect((await response).status).toBe(200);
    expect(await metric('producer_events_in_flight')).toBe(0);
  });

  it('names every mistake of a wrong request and stores nothing', async () => {
    const response = await app.request('/api/select?service=%ff');
    expect(response.status).toBe(400);
    expect(await readProblem(response)).toMatchObject({
      code: 'invalid_request',
      problems: ['service is not percent-encoded UTF-8', 'user is missing'],
    });
    expect(eventLog.records).toEqual([]);
  });

  const CODES = Object.keys(ANSWERS) as ErrorCode[];
  it.each(CODES)('answers %s with the status and the Retry-After of the table', async (code) => {
    const {
      status,
      title,
      retryAfterSeconds,
    }: { status: number; title: string; retryAfterSeconds?: number } = ANSWERS[code];
    eventLog.failure = new CollectorError(code, 'why');
    const response = await app.request(SELECT);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(
      retryAfterSeconds === undefined ? null : String(retryAfterSeconds),
    );
    expect(await readProblem(response)).toMatchObject({ title, status, code, detail: 'why' });
    const ending = 'ending' in ANSWERS[code] ? ANSWERS[code].ending : 'failed';
    expect(await metric(`producer_events_total{class="${ending}",code="${code}"}`)).toBe(1);
  });

  it('asks to be tried again wherever it answers 429 or 503, and nowhere else', () => {
    for (const answer of Object.values(ANSWERS)) {
      expect('retryAfterSeconds' in answer).toBe([429, 503].includes(answer.status));
    }
  });

  it('does not tell the client what an unexpected error says, and logs it once', async () => {
    eventLog.failure = new Error('secret inside');
    const response = await app.request(SELECT);
    expect(response.status).toBe(500);
    expect(JSON.stringify(await readProblem(response))).not.toContain('secret');
    expect(logged.filter((line) => line.includes('secret inside'))).toHaveLength(1);
  });

  it('may be called from a page of any origin, errors and preflight included', async () => {
    const headers = { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'GET' };
    const preflight = await app.request(SELECT, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
    eventLog.failure = new CollectorError('broker_unavailable', 'why');
    for (const response of [preflight, await app.request(SELECT, { headers })]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
    const refused = await app.request(SELECT, { headers });
    expect(refused.headers.get('access-control-expose-headers')).toBe('Retry-After, Producer-Outcome');
  });
});

describe('other requests', () => {
  it('get 404 on a path that is not there', async () => {
    const response = await app.request('/api/nothing');
    expect(response.status).toBe(404);
    expect(await readProblem(response)).toMatchObject({ code: 'not_found' });
  });

  it.each(['/api/*', '/*'])('get 404 on %s, which is a pattern and no path', async (path) => {
    expect((await app.request(path)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE'])('get 405 and what is allowed for %s', async (method) => {
    const response = await app.request(SELECT, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(await readProblem(response)).toMatchObject({ code: 'method_not_allowed' });
    expect(eventLog.records).toEqual([]);
  });

  it('store nothing by HEAD', async () => {
    const response = await app.request(SELECT, { method: 'HEAD' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(eventLog.records).toEqual([]);
  });

  it('get no body for HEAD', async () => {
    const response = await app.request('/livez', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('health', () => {
  it('is live and ready while the broker is there', async () => {
    expect((await app.request('/livez')).status).toBe(200);
    expect((await app.request('/readyz')).status).toBe(200);
  });

  it('is live but not ready without a broker', async () => {
    eventLog.ready = false;
    expect((await app.request('/livez')).status).toBe(200);
    expect((await app.request('/readyz')).status).toBe(503);
  });

  it('is not live once librdkafka stands still, and says so', async () => {
    eventLog.standstill = 'librdkafka reports nothing any more';
    const response = await app.request('/livez');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain(eventLog.standstill);
  });

  it('is not ready while draining, and refuses events', async () => {
    health.drain();
    expect((await app.request('/readyz')).status).toBe(503);
    const response = await app.request(SELECT);
    expect(response.status).toBe(503);
    expect(await readProblem(response)).toMatchObject({ code: 'draining' });
    expect(eventLog.records).toEqual([]);
  });
});
