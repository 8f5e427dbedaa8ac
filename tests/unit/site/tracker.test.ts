import { describe, expect, it } from 'vitest';
import { track } from '../../../site/tracker.ts';

const CHOICE = { service: 'blue', user: '홍 길동&' };
const RECEIPT = { id: 'i', timestamp: 't', topic: 'web-events', partition: 2, offset: 41 };

function answering(status: number, body: string): typeof fetch {
  return async () => new Response(body, { status });
}

function failing(error: unknown): typeof fetch {
  return async () => {
    throw error;
  };
}

function problem(status: number, code: string): typeof fetch {
  return answering(status, JSON.stringify({ title: 'Title', detail: 'detail', status, code, type: 'x' }));
}

async function outcome(fetch: typeof globalThis.fetch) {
  return track(CHOICE, { collector: '', fetch });
}

describe('tracking a choice', () => {
  it('is stored when the collector says where', async () => {
    expect(await outcome(answering(200, JSON.stringify(RECEIPT)))).toEqual({
      is: 'stored',
      receipt: RECEIPT,
    });
  });

  it.each([
    ['', 'api/select'],
    ['https://collector.example', 'https://collector.example/api/select'],
    [' https://collector.example/events/ ', 'https://collector.example/events/api/select'],
  ])('asks the collector %j', async (collector, address) => {
    let asked = '';
    const fetch: typeof globalThis.fetch = async (input) => {
      asked = String(input);
      return new Response('{}');
    };
    await track(CHOICE, { collector, fetch });
    const [before, query] = asked.split('?');
    expect(before).toBe(address);
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual(CHOICE);
  });

  it.each([
    [400, 'invalid_request'],
    [502, 'broker_refused'],
    [503, 'broker_unavailable'],
    [503, 'overloaded'],
    [503, 'draining'],
  ])('failed, with the detail, on %i %s', async (status, code) => {
    expect(await outcome(problem(status, code))).toEqual({ is: 'failed', detail: 'Title: detail' });
  });

  it.each([
    [503, 'outcome_unknown'],
    [500, 'internal'],
  ])('is unknown on %i %s', async (status, code) => {
    expect(await outcome(problem(status, code))).toMatchObject({ is: 'unknown' });
  });

  it('is unknown on what is not an answer of the collector', async () => {
    expect(await outcome(answering(200, '<html>'))).toMatchObject({ is: 'unknown' });
    expect(await outcome(answering(200, '{}'))).toMatchObject({ is: 'unknown' });
    expect(await outcome(answering(502, '{}'))).toMatchObject({ is: 'unknown' });
  });

  it('is unknown when no answer came in time, and failed when nobody was reached', async () => {
    expect(await outcome(failing(new DOMException('', 'TimeoutError')))).toMatchObject({ is: 'unknown' });
    expect(await outcome(failing(new TypeError('Failed to fetch')))).toMatchObject({ is: 'failed' });
  });

  it('gives up by itself', async () => {
    const fetch: typeof globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    expect(await track(CHOICE, { collector: '', fetch, timeoutMs: 1 })).toMatchObject({ is: 'unknown' });
  });
});
