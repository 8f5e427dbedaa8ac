import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Problem, Receipt } from '../../producer/contract/answer.ts';
import type { Environment } from '../../producer/contract/settings.ts';
import { createTopic, openTopic, type TopicReader, type TopicRecord } from '../support/kafka/topic.ts';
import { BROWSER, PRODUCER, post, postRaw, select } from './requests.ts';

/** The producer on one runtime. The tests reach it as its clients reach it there. */
export interface Running {
  /** @param from the client's address, as the runtime itself learns it */
  send(request: Request, from: string): Promise<Response>;
  stop(): Promise<unknown>;
}

export interface Subject {
  readonly name: string;
  start(env: Environment): Promise<Running>;
  /** What the platform in front does to a query before the producer sees it; undefined: nothing. */
  readonly query?: 'is decoded' | 'loses what is repeated';
  /**
   * The platform itself answers a body that is no JSON. The status is the same, the answer's body
   * is the platform's own.
   */
  readonly readsJson?: boolean;
}

const PAGE = 'https://shop.example';
const MAX_BODY_BYTES = 4_096;
const RATE_LIMIT_EVENTS = 8;
const SETTINGS = {
  LOG_LEVEL: 'fatal',
  CORS_ORIGINS: PAGE,
  IP_ADDRESS: 'full',
  PRIVACY_SIGNALS: 'anonymise',
  MAX_BODY_BYTES: String(MAX_BODY_BYTES),
  MAX_BATCH_EVENTS: '3',
  // Each test sends from an address of its own, and only one test sends too many events.
  RATE_LIMIT_EVENTS: String(RATE_LIMIT_EVENTS),
  RATE_LIMIT_WINDOW_MS: '600000',
} as const;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const USERS = ['hong', '홍길동', '👩‍👩‍👧 é ß', 'a b+c&d=e/?#%', '"\\\u0000'];

/** Holds what the producer promises its clients on every runtime against a real broker. */
export function conformance({ name, start, query, readsJson = false }: Subject): void {
  const brokers = inject('kafkaBrokers');
  /** The receipts of all events that were answered with 200. */
  const receipts: Receipt[] = [];
  let topic: string;
  let reader: TopicReader;
  let running: Running;

  describe(name, () => {
    beforeAll(async () => {
      topic = await createTopic(brokers, { partitions: 3 });
      reader = await openTopic(brokers, topic);
      running = await start({ ...SETTINGS, KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
    });
    afterAll(async () => {
      await running?.stop();
      await reader?.close();
    });

    describe('GET /api/select', () => {
      it('stores an event, whatever its characters, where the answer says', async () => {
        const from = nextAddress();
        const answers = await Promise.all(
          USERS.map((user) => accept(select({ service: '파랑', user }), from)),
        );
        const stored = await reader.read();
        for (const [index, receipt] of answers.entries()) {
          const { id, timestamp } = receipt;
          const user = USERS[index];
          const record = at(stored, receipt);
          expect(record).toMatchObject({ key: user, timestampMs: Date.parse(timestamp) });
          const event = { id, timestamp, userAgent: BROWSER, service: '파랑', user, ip: from };
          expect(record?.value.toString()).toBe(JSON.stringify(event));
        }
      });

      it('names every mistake', async () => {
        const { problem } = await refuse(new Request(`${PRODUCER}/api/select?user=%20&id=a%20b`), 400);
        expect(problem).toMatchObject({ code: 'invalid_request', type: 'urn:web-events:invalid_request' });
        expect(problem.problems).toEqual([
          'service is missing',
          'user is blank',
          expect.stringMatching(/^id /),
        ]);
      });

      it.skipIf(query === 'is decoded')('takes no broken percent-encoding for a name', async () => {
        const { problem } = await refuse(new Request(`${PRODUCER}/api/select?service=blue&user=%ff`), 400);
        expect(problem.problems).toEqual(['user is not percent-encoded UTF-8']);
      });

      it.skipIf(query === 'loses what is repeated')('refuses a name that is given twice', async () => {
        const { problem } = await refuse(
          new Request(`${PRODUCER}/api/select?service=a&user=b&service=c`),
          400,
        );
        expect(problem.problems).toEqual(['service is given 2 times']);
      });

      it('refuses an address that is too long', async () => {
        const { problem } = await refuse(select({ service: 'blue', user: 'x'.repeat(8_300) }), 414);
        expect(problem.code).toBe('uri_too_long');
      });
    });

    describe('GET /api/pixel.gif', () => {
      it('stores an event, and is a picture', async () => {
        const id = randomUUID();
        const address = `${PRODUCER}/api/pixel.gif?${new URLSearchParams({ service: 'blue', user: 'mail', id })}`;
        const response = await running.send(new Request(address), nextAddress());
        expect(response.status).toBe(200);
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'content-type': 'image/gif',
          'cache-control': 'no-store',
          'producer-outcome': 'acked',
        });
        const picture = Buffer.from(await response.arrayBuffer());
        expect(picture.subarray(0, 6).toString()).toBe('GIF89a');
        expect(picture.at(-1)).toBe(0x3b);
        const record = (await reader.read()).find(({ value }) => eventOf(value)['id'] === id);
        receipts.push({
          id,
          timestamp: '',
          topic,
          partition: record?.partition ?? -1,
          offset: record?.offset ?? -1,
        });
        expect(record?.key).toBe('mail');
      });

      it('is a picture even where the event is refused, and says so', async () => {
        const response = await running.send(new Request(`${PRODUCER}/api/pixel.gif`), nextAddress());
        expect([response.status, response.headers.get('producer-outcome')]).toEqual([200, 'invalid_request']);
        expect(response.headers.get('content-type')).toBe('image/gif');
      });
    });

    describe('POST /api/events', () => {
      it.each(['application/json', 'text/plain', 'text/plain;charset=UTF-8'])(
        'stores an event sent as %s',
        async (type) => {
          const id = randomUUID();
          const properties = { price: 12.5, size: 'für 2 Personen', new: true, coupon: null };
          const event = { service: 'red', user: '김철수 👍', id, properties };
          const from = nextAddress();
          const receipt = await accept(post(event, type), from);
          expect(receipt.id).toBe(id);
          const stored = eventOf(at(await reader.read(), receipt)?.value);
          expect(stored).toMatchObject({ ...event, ip: from });
        },
      );

      it('stores each event of a list, and answers in its order', async () => {
        const users = ['first', 'second', '셋째'];
        const response = await running.send(
          post(users.map((user) => ({ service: 'red', user }))),
          nextAddress(),
        );
        expect(response.status).toBe(200);
        const { events } = (await response.json()) as { events: (Receipt & { status: number })[] };
        receipts.push(...events);
        const stored = await reader.read();
        expect(events.map((receipt) => [receipt.status, at(stored, receipt)?.key])).toEqual(
          users.map((user) => [200, user]),
        );
      });

      it('answers for each event of a list by itself where they end differently', async () => {
        const list = [{ service: 'red', user: 'good' }, { service: 'red' }];
        const response = await running.send(post(list), nextAddress());
        expect(response.status).toBe(207);
        const { events } = (await response.json()) as {
          events: (Receipt & { status: number; code: string })[];
        };
        expect(events.map(({ status, code }) => [status, code])).toEqual([
          [200, undefined],
          [400, 'invalid_request'],
        ]);
        receipts.push(...events.slice(0, 1));
      });

      it('refuses a list that is too long as a whole', async () => {
        const list = Array.from({ length: 4 }, () => ({ service: 'red', user: 'many' }));
        expect((await refuse(post(list), 400)).problem.problems).toEqual([
          'a batch has 1 to 3 events, not 4',
        ]);
      });

      it.each([
        ['no JSON', '{', 'the body is not JSON'],
        ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'the body is not UTF-8'],
      ])('refuses what is %s', async (_, body, problem) => {
        expect((await refuse(postRaw(body, 'text/plain'), 400)).problem.problems).toEqual([problem]);
      });

      it('refuses what is called JSON and is none', async () => {
        if (readsJson) {
          const response = await running.send(postRaw('{', 'application/json'), nextAddress());
          expect(response.status).toBe(400);
        } else {
          const { problem } = await refuse(postRaw('{', 'application/json'), 400);
          expect(problem.problems).toEqual(['the body is not JSON']);
        }
      });

      it('refuses a field that no event has, so that none is lost unnoticed', async () => {
        const { problem } = await refuse(post({ service: 'a', user: 'b', price: 1 }), 400);
        expect(problem.problems).toEqual([expect.stringMatching(/^"price" is not a field/)]);
      });

      it('refuses a body that is too large', async () => {
        const { problem } = await refuse(postRaw('x'.repeat(MAX_BODY_BYTES + 1), 'text/plain'), 413);
        expect(problem.code).toBe('payload_too_large');
      });

      it.each(['application/x-www-form-urlencoded', 'text/plain;charset=latin1'])(
        'refuses %s',
        async (type) => {
          expect((await refuse(postRaw('a=b', type), 415)).problem.code).toBe('unsupported_media_type');
        },
      );
    });

    it('stores an id that comes again once, and answers as the first time', async () => {
      const id = randomUUID();
      const from = nextAddress();
      const event = { service: 'blue', user: 'twice', id };
      const first = await accept(select(event), from);
      const again = await running.send(post(event), from);
      expect([again.status, await again.json()]).toEqual([200, first]);
      const found = (await reader.read()).filter(({ value }) => eventOf(value)['id'] === id);
      expect(found).toHaveLength(1);
    });

    it('refuses of one client what is too much, and of no other', async () => {
      const from = nextAddress();
      const send = (address: string) => running.send(select({ service: 'blue', user: 'busy' }), address);
      for (let sent = 0; sent < RATE_LIMIT_EVENTS; sent += 1) receipts.push(await (await send(from)).json());
      const { problem, headers } = await refuse(select({ service: 'blue', user: 'busy' }), 429, from);
      expect(problem.code).toBe('rate_limited');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      await accept(select({ service: 'blue', user: 'busy' }), nextAddress());
    });

    it('answers 404 where nothing is', async () => {
      expect((await refuse(new Request(`${PRODUCER}/api/nothing`), 404)).problem.code).toBe('not_found');
    });

    it.each([
      ['PUT', '/api/select?service=blue&user=hong', 'GET'],
      ['HEAD', '/api/select?service=blue&user=hong', 'GET'],
      ['GET', '/api/events', 'POST'],
    ])('answers 405 to %s %s, and with what it takes', async (method, path, allowed) => {
      const response = await running.send(new Request(`${PRODUCER}${path}`, { method }), nextAddress());
      expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
    });

    describe('a page of another origin', () => {
      it('may ask beforehand, and then call', async () => {
        const headers = {
          Origin: PAGE,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type',
        };
        const request = new Request(`${PRODUCER}/api/events`, { method: 'OPTIONS', headers });
        const response = await running.send(request, nextAddress());
        expect(response.status).toBe(204);
        expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
        expect(response.headers.get('access-control-allow-methods')).toMatch(/\bPOST\b/);
        expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      });

      it.each([200, 400])('may read an answer of %i', async (status) => {
        const user = status === 200 ? 'reader' : '';
        const response = await running.send(
          select({ service: 'blue', user }, { Origin: PAGE }),
          nextAddress(),
        );
        expect(response.status).toBe(status);
        if (status === 200) receipts.push(await response.json());
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'cache-control': 'no-store',
          'access-control-allow-origin': PAGE,
          'access-control-expose-headers': 'Retry-After, Producer-Outcome',
          vary: expect.stringMatching(/\bOrigin\b/i),
        });
      });

      it('may not read an answer where its origin is not on the list', async () => {
        const request = select(
          { service: 'blue', user: 'stranger' },
          { Origin: 'https://elsewhere.example' },
        );
        const response = await running.send(request, nextAddress());
        receipts.push(await response.json());
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      });
    });

    it('keeps nothing that tells who it was where the browser asks for privacy', async () => {
      const request = select({ service: 'blue', user: 'private' }, { 'Sec-GPC': '1' });
      const receipt = await accept(request, nextAddress());
      const record = at(await reader.read(), receipt);
      expect(record?.key).toBeNull();
      const { id, timestamp } = receipt;
      const event = { id, timestamp, userAgent: null, service: 'blue', user: null, anonymised: true };
      expect(eventOf(record?.value)).toEqual(event);
    });

    it('stores nothing of a page that is only fetched ahead', async () => {
      const request = select({ service: 'blue', user: 'prefetched' }, { 'Sec-Purpose': 'prefetch' });
      const response = await running.send(request, nextAddress());
      expect([response.status, response.headers.get('producer-outcome')]).toEqual([204, 'prefetch']);
    });

    it('passes on the trace that an event belongs to', async () => {
      const from = nextAddress();
      const event = { service: 'blue', user: 'traced' };
      const traced = await accept(select(event, { traceparent: TRACEPARENT }), from);
      const wrong = await accept(select(event, { traceparent: '00-nonsense' }), from);
      const stored = await reader.read();
      expect(at(stored, traced)?.headers).toEqual({ traceparent: TRACEPARENT });
      expect(at(stored, wrong)?.headers).toEqual({});
    });

    it('believes nobody who says of himself that he has another address', async () => {
      const from = nextAddress();
      const headers = { 'X-Forwarded-For': '203.0.113.9' };
      const receipt = await accept(select({ service: 'blue', user: 'liar' }, headers), from);
      expect(eventOf(at(await reader.read(), receipt)?.value)['ip']).toBe(from);
    });

    it('says of itself what it takes', async () => {
      const response = await running.send(new Request(`${PRODUCER}/openapi.json`), nextAddress());
      expect(response.status).toBe(200);
      expect(((await response.json()) as { paths: object }).paths).toHaveProperty('/api/select');
    });

    it('has, after all of this, stored all that it answered 200 for, and nothing else', async () => {
      const place = ({ partition, offset }: { partition: number; offset: number }) =>
        `${partition}/${offset}`;
      const stored = (await reader.read()).map((record) => `${place(record)} ${eventOf(record.value)['id']}`);
      const told = receipts.map((receipt) => `${place(receipt)} ${receipt.id}`);
      expect(stored.sort()).toEqual([...new Set(told)].sort());
    });
  });

  /** Sends an event that the producer has to store. */
  async function accept(request: Request, from: string): Promise<Receipt> {
    const response = await running.send(request, from);
    const receipt: Receipt = await response.json();
    expect({ status: response.status, receipt }).toMatchObject({ status: 200, receipt: { topic } });
    expect(response.headers.get('content-type')).toBe('application/json');
    receipts.push(receipt);
    return receipt;
  }

  /** Sends a request that the producer must refuse. */
  async function refuse(
    request: Request,
    status: number,
    from = nextAddress(),
  ): Promise<{ problem: Problem; headers: Headers }> {
    const response = await running.send(request, from);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    if (new URL(request.url).pathname.startsWith('/api/')) {
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
    const problem: Problem = await response.json();
    expect(problem.status).toBe(status);
    return { problem, headers: response.headers };
  }
}

let addresses = 0;

/** An address from which no test has sent anything yet. */
function nextAddress(): string {
  addresses += 1;
  return `198.51.${100 + Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
}

function at(records: readonly TopicRecord[], { partition, offset }: Receipt): TopicRecord | undefined {
  return records.find((record) => record.partition === partition && record.offset === offset);
}

function eventOf(value: Buffer | undefined): Record<string, unknown> {
  return JSON.parse(value?.toString() ?? '{}');
}
