import { describe, expect, it } from 'vitest';
import { MAX_PROPERTIES } from '../../../../producer/contract/event.ts';
import { readEvent, readJson as readJsonFrom } from '../../../../producer/http/body.ts';
import { BodyBudget } from '../../../../producer/http/body-budget.ts';
import { assembleCollector } from '../../../support/collector/assembled-collector.ts';

const budgetOf = (bytes: number) => new BodyBudget({ maxBodyBytes: bytes, maxTotalBytes: bytes });
const readJson = async (request: Request, maxBytes: number) =>
  (await readJsonFrom(request, budgetOf(maxBytes))).json;

function post(body: BodyInit, type: string | undefined, headers: Record<string, string> = {}): Request {
  const all = { ...(type !== undefined && { 'Content-Type': type }), ...headers };
  return new Request('http://localhost/api/events', { method: 'POST', body, headers: all });
}

/** A body without a declared length. */
function stream(...chunks: string[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

function undeclared(body: ReadableStream): Request {
  const headers = { 'Content-Type': 'text/plain' };
  return new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}

describe('a body', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'text/plain;charset="utf-8"',
    'application/json; charset=utf8',
    'application/json;charset=unicode-1-1-utf-8;',
    'text/plain; format=flowed; charset=utf-8',
    'application/json; profile="https://example.com/a;b"',
  ])('is read as %s', async (type) => {
    expect(await readJson(post('{"a":"é"}', type), 100)).toEqual({ a: 'é' });
  });

  it.each([
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/jsonx', {}],
    ['application/json', { 'Content-Encoding': 'gzip' }],
  ])('is not taken as %s %j', async (type, headers) => {
    await expect(readJson(post('{}', type, headers), 100)).rejects.toMatchObject({
      code: 'unsupported_media_type',
    });
  });

  it.each([
    ['', 'the body is not JSON'],
    ['{', 'the body is not JSON'],
    [new Uint8Array([0x22, 0xff, 0x22]), 'the body is not UTF-8'],
  ])('of %j is refused', async (body, problem) => {
    await expect(readJson(post(body, 'text/plain'), 100)).rejects.toMatchObject({
      code: 'invalid_request',
      problems: [problem],
    });
  });

  it('is read up to the limit and no further, its length declared or not', async () => {
    const text = JSON.stringify('x'.repeat(98));
    const streamed = (...chunks: string[]) => undeclared(stream(...chunks));
    expect(await readJson(post(text, 'text/plain'), 100)).toBe(JSON.parse(text));
    expect(await readJson(streamed(text.slice(0, 40), text.slice(40)), 100)).toBe(JSON.parse(text));
    for (const request of [
      post(text, 'text/plain'),
      post(text, 'text/plain', { 'Content-Length': '100' }),
      streamed(text.slice(0, 40), text.slice(40)),
    ]) {
      await expect(readJson(request, 99)).rejects.toMatchObject({ code: 'payload_too_large' });
    }
  });

  it('that breaks off is refused', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) });
    await expect(readJson(undeclared(broken), 99)).rejects.toMatchObject({
      problems: ['the body broke off'],
    });
  });

  it('is refused where others that come in have taken the room, until these are over', async () => {
    const budget = budgetOf(100);
    const slow = new TransformStream<Uint8Array, Uint8Array>();
    const first = readJsonFrom(undeclared(slow.readable), budget);
    const writer = slow.writable.getWriter();
    await writer.write(Buffer.from('['.padEnd(60)));
    const second = () => readJsonFrom(undeclared(stream('[]'.padEnd(60))), budget);
    await expect(second()).rejects.toMatchObject({ code: 'overloaded' });
    await writer.write(Buffer.from(']'));
    await writer.close();
    expect((await first).json).toEqual([]);
    expect((await second()).json).toEqual([]);
    await expect(readJsonFrom(undeclared(stream('{'.padEnd(60))), budget)).rejects.toThrow();
    expect((await second()).json).toEqual([]);
  });
});

describe('an event of a body', () => {
  const EVENT = { service: 'blue', user: 'kim' };
  const read = (event: unknown) => {
    const given = readEvent(event);
    return given.is === 'valid' ? given.input : given.error;
  };

  it.each([
    [null, /^the event is not a JSON object$/],
    [[], /^the event is not a JSON object$/],
    ['blue', /^the event is not a JSON object$/],
    [{ user: 'kim' }, /^service is missing$/],
    [{ ...EVENT, user: 1 }, /^user is not a text$/],
    [{ ...EVENT, user: '\ud800' }, /^user is not well-formed Unicode$/],
    [{ ...EVENT, color: 'red' }, /^"color" is not a field of an event/],
    [{ ...EVENT, id: '' }, /^id is not 1 to 128/],
    [{ ...EVENT, id: 'a b' }, /^id is not 1 to 128/],
    [{ ...EVENT, id: 7 }, /^id is not a text$/],
    [{ ...EVENT, timestamp: '2026-11-22' }, /^timestamp is not an ISO 8601 instant/],
    [{ ...EVENT, timestamp: '2026-02-30T00:00:00Z' }, /^timestamp is not an ISO 8601 instant/],
    [{ ...EVENT, timestamp: '2025-02-29T00:00:00Z' }, /^timestamp is not an ISO 8601 instant/],
    [{ ...EVENT, timestamp: '+275760-09-14T00:00:00Z' }, /^timestamp is not an ISO 8601 instant/],
    [
      { ...EVENT, properties: { Page: 1, id: 2, page: 3 } },
      /^properties: "Page" and "page" differ only in case/,
    ],
    [{ ...EVENT, properties: [] }, /^properties/],
    [{ ...EVENT, properties: 'x' }, /^properties is not a JSON object$/],
    [
      JSON.parse('{"service":"a","user":"b","properties":{"__proto__":1}}'),
      /"__proto__" is not a valid name$/,
    ],
    [{ ...EVENT, properties: { constructor: 1 } }, /"constructor" is not a valid name$/],
    [JSON.parse('{"service":"a","user":"b","__proto__":1}'), /^"__proto__" is not a field/],
    [{ ...EVENT, properties: { 'a b': 1 } }, /^properties\.a b is not a valid name/],
    [{ ...EVENT, properties: { a: {} } }, /^properties\.a is not a text/],
    [{ ...EVENT, properties: { a: 'x'.repeat(1_025) } }, /^properties\.a is not a text of at most 1024/],
    [
      {
        ...EVENT,
        properties: Object.fromEntries(Array.from({ length: MAX_PROPERTIES + 1 }, (_, i) => [`p${i}`, i])),
      },
      /^properties has more than 32 entries$/,
    ],
    [
      { ...EVENT, properties: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [i, {}])) },
      /^properties has more than 32 entries$/,
    ],
    [JSON.parse('{"service":"a","user":"b","properties":{"a":1e999}}'), /^properties\.a is not a text/],
  ])('is refused with its one mistake named: %j', (event, problem) => {
    expect(read(event)).toMatchObject({
      code: 'invalid_request',
      problems: [expect.stringMatching(problem)],
    });
  });

  it('names twenty mistakes at most, and how many more there are', () => {
    const properties = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [i, 1]));
    expect(read({ ...EVENT, properties })).toMatchObject({ problems: { length: 21, 20: 'and 12 more' } });
  });

  it.each([
    ['1969-12-31T15:00:00.000Z', '1969-12-31T15:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59-01:00', '+010000-01-01T00:59:59.000Z'],
    ['-000001-01-01T00:00:00Z', '-000001-01-01T00:00:00.000Z'],
  ])('of a device whose clock is far off (%s) is an event', (timestamp, kept) => {
    expect(read({ ...EVENT, timestamp })).toMatchObject({ timestamp: kept });
  });

  it('keeps properties as they are, and the instant to the millisecond in UTC', () => {
    const properties = { a: 'x', 'b.c-d': 1.5, e: true, f: null };
    const timestamp = '2026-11-22T15:00:00.123456+09:00';
    expect(read({ ...EVENT, id: 'i:1', timestamp, properties })).toEqual({
      ...EVENT,
      id: 'i:1',
      timestamp: '2026-11-22T06:00:00.123Z',
      properties,
    });
  });
});

describe('a body that JSON.parse would read with a loss', () => {
  const ask = async (body: string) => {
    const { app } = assembleCollector({});
    const headers = { 'Content-Type': 'application/json' };
    const response = await app.request('/api/events', { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  };

  it.each([
    ['{"service":"blue","user":"kim","user":"lee"}', 'user is given more than once'],
    [
      '{"service":"blue","user":"kim","properties":{"order":1524831183200260097}}',
      'properties.order is 1524831183200260097, which no double holds; send it as a text',
    ],
  ])('is refused, and the loss is named: %s', async (body, problem) => {
    expect(await ask(body)).toMatchObject({ status: 400, body: { problems: [problem] } });
  });

  it('costs the other events of its list nothing', async () => {
    const good = '{ "service": "blue", "user": "kim", "properties": { "price": 1.50, "count": 1e3 } }';
    const { status, body } = await ask(`[${good}, {"service":"a","service":"b","user":"kim"}]`);
    expect(status).toBe(207);
    expect(body.events).toMatchObject([{ status: 200 }, { status: 400, problems: [expect.any(String)] }]);
  });
});
