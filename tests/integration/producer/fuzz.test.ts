import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AnswerCheck, type OpenApiDocument, type WireAnswer } from '../../support/collector/answer-check.ts';
import { balance, readMetrics } from '../../support/collector/assembled-collector.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../../support/process/role-process.ts';
import { arbitraryOf, type Schema } from './schema-arbitrary.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(1_000_000));
/** How often, or for how long, each of the promises is tried. */
const TRIED = { seed: SEED, numRuns: 150, interruptAfterTimeLimit: 2_500, endOnFailure: true };
const EVENT = '/components/schemas/Event';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let producer: RoleProcess;
let check: AnswerCheck;
let event: fc.Arbitrary<unknown>;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  process.stdout.write(`FUZZ_SEED=${SEED}\n`);
  const brokers = inject('kafkaBrokers');
  const topic = await createTopic(brokers, { partitions: 3 });
  const env = {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    MAX_BATCH_EVENTS: '20',
    MAX_BODY_BYTES: '100000',
  };
  producer = await startRole('producer', env);
  await producer.ready();
  const document = await (await fetch(`${producer.url}/openapi.json`)).json();
  check = new AnswerCheck(document as OpenApiDocument);
  event = arbitraryOf((document as { components: { schemas: { Event: Schema } } }).components.schemas.Event);
});
afterAll(async () => {
  agent.destroy();
  await producer?.stop();
});

/** A value as a schema describes it, or the same value with something changed. */
function mangled(whole: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const names = fc.constantFrom('service', 'user', 'id', 'timestamp', 'properties', 'colour');
  const changed = fc
    .tuple(whole, names, fc.jsonValue())
    .map(([value, name, other]) => ({ ...Object(value), [name]: other }));
  const without = fc.tuple(whole, names).map(([value, name]) => ({ ...Object(value), [name]: undefined }));
  return fc.oneof({ weight: 3, arbitrary: whole }, changed, without, fc.jsonValue());
}

interface Sent {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

async function ask({ method, target, headers = {}, body }: Sent): Promise<WireAnswer> {
  const answer = await new Promise<WireAnswer>((resolve, reject) => {
    const asked = request(producer.url + target, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.once('error', reject);
    asked.end(body);
  });
  const path = target.split('?', 1)[0] ?? '';
  expect(check.objection(method, path, answer), answer.body.toString().slice(0, 500)).toBeUndefined();
  return answer;
}

describe('the producer and its own document', () => {
  it('agree on each event sent as a body: what is described is stored, all else is refused', async () => {
    const whatever = fc.asyncProperty(mangled(event), async (value) => {
      const body = JSON.stringify(value);
      const { status } = await ask({ method: 'POST', target: '/api/events', headers: JSON_TYPE, body });
      // The API takes a list for a batch.
      if (Array.isArray(value)) return;
      expect(status).toBe(check.isValid(EVENT, JSON.parse(body)) ? 200 : 400);
    });
    await fc.assert(whatever, TRIED);
  });

  it('agree on each event of a batch', async () => {
    const batches = fc.array(mangled(event), { minLength: 1, maxLength: 22, size: 'max' });
    const whatever = fc.asyncProperty(batches, async (values) => {
      const body = JSON.stringify(values);
      const answer = await ask({ method: 'POST', target: '/api/events', headers: JSON_TYPE, body });
      const expected =
        values.length > 20
          ? undefined
          : JSON.parse(body).map((one: unknown) => (check.isValid(EVENT, one) ? 200 : 400));
      const { events } = JSON.parse(answer.body.toString());
      expect(events?.map(({ status }: { status: number }) => status)).toEqual(expected);
    });
    await fc.assert(whatever, TRIED);
  });

  it('agree on each event sent as an address', async () => {
    const whatever = fc.asyncProperty(event, fc.boolean(), async (value, asPixel) => {
      const { properties: _, ...fields } = value as Record<string, string>;
      const target = `${asPixel ? '/api/pixel.gif' : '/api/select'}?${new URLSearchParams(fields)}`;
      const { status, headers } = await ask({ method: 'GET', target });
      const fits = target.length < 8_000;
      expect(status).toBe(asPixel || fits ? 200 : 414);
      if (asPixel) expect(headers['producer-outcome']).toBe(fits ? 'acked' : 'uri_too_long');
    });
    await fc.assert(whatever, TRIED);
  });
});

describe('the producer answers as documented', () => {
  it('bodies that are none, of any type', async () => {
    const type = fc.oneof(
      fc.constantFrom('application/json', 'text/plain', 'text/plain; charset=utf-16', 'application/xml', ''),
      fc.string(),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.string(),
      fc.json(),
      fc.constant('['.repeat(99_999)),
      fc.constant('1'.repeat(100_001)),
    );
    const whatever = fc.asyncProperty(type, body, async (contentType, bytes) => {
      const headers = { 'Content-Type': contentType };
      await ask({ method: 'POST', target: '/api/events', headers, body: bytes });
    });
    await fc.assert(whatever, TRIED);
  });

  it('any method, path, query and header', async () => {
    const path = fc.oneof(
      fc.constantFrom('/api/select', '/api/pixel.gif', '/api/events', '/api/', '/api/select/', '/nothing'),
      fc.webPath().map((text) => `/x${text}`),
    );
    const query = fc.oneof(
      fc.webQueryParameters(),
      fc.constantFrom('service=a&user=b', 'service=%ff&user=%', 'service=a&service=b&&=&'),
    );
    const method = fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'QUERY',
    );
    const names = fc.constantFrom(
      'Origin',
      'DNT',
      'Sec-GPC',
      'Sec-Purpose',
      'Traceparent',
      'X-Forwarded-For',
      'Content-Encoding',
      'Accept',
      'User-Agent',
      'Access-Control-Request-Method',
      'Range',
      'If-None-Match',
      'Upgrade',
      'Cookie',
    );
    const values = fc.oneof(
      fc.constantFrom('1', 'prefetch', '*', 'null', 'gzip', '::1', 'https://a.example'),
      fc.string(),
    );
    const headers = fc.dictionary(names, values);
    const whatever = fc.asyncProperty(method, path, query, headers, async (how, where, what, heads) => {
      await ask({ method: how, target: `${where}?${what}`, headers: heads });
    });
    await fc.assert(whatever, TRIED);
  });

  it('bytes that are no request, and goes on', async () => {
    const garbage = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.string({ minLength: 1 }),
      fc
        .tuple(fc.string(), fc.string(), fc.string())
        .map(([method, target, head]) => `${method} ${target} HTTP/1.1\r\n${head}\r\n\r\n`),
    );
    const whatever = fc.asyncProperty(garbage, async (bytes) => {
      const [statusLine = ''] = (await exchange(bytes)).split('\r\n', 1);
      expect(statusLine).toMatch(/^(?:HTTP\/1\.1 (?:200|204|400|404|405|408|414|417|431) .*)?$/);
    });
    await fc.assert(whatever, TRIED);
    expect((await fetch(`${producer.url}/readyz`)).status).toBe(200);
  });

  it('and has accounted for every event after all of that', async () => {
    const metrics = readMetrics(await (await fetch(`${producer.url}/metrics`)).text());
    const { received, accounted } = balance(metrics);
    expect(accounted).toBe(received);
    expect(metrics.get('producer_events_in_flight')).toBe(0);
    expect(metrics.get('producer_events_total{class="failed",code="internal"}') ?? 0).toBe(0);
  });
});

/**
 * Sends bytes and ends its side of the connection. Resolves with all bytes that come back. The
 * beginning of a request alone gets no answer.
 */
function exchange(bytes: string | Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(producer.url).port), '127.0.0.1');
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(text));
    socket.end(bytes);
  });
}
