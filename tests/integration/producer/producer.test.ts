import { Agent } from 'node:http';
import { createConnection, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Clients, select } from '../../support/collector/clients.ts';
import { createTopic, readTopic } from '../../support/kafka/topic.ts';
import { type RoleProcess, runRole, startRole } from '../../support/process/role-process.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');

async function startProducer(topic: string, env: Record<string, string> = {}): Promise<RoleProcess> {
  const producer = await startRole('producer', { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, ...env });
  await producer.ready();
  return producer;
}

describe('the producer with a broker', () => {
  let topic: string;
  let producer: RoleProcess;

  beforeAll(async () => {
    topic = await createTopic(brokers, { partitions: 3 });
    producer = await startProducer(topic);
  });
  afterAll(() => producer?.stop());

  it.each(['hong', '홍길동', '👩‍👩‍👧 é ß', 'a b+c&d=e/?#%', '"\\\u0000'])(
    'answers 200 for %j with the partition and the offset at which it lies',
    async (user) => {
      const { status, body } = await select(producer.url, { service: 'blue', user });
      expect({ status, topic: body.topic }).toEqual({ status: 200, topic });
      const records = await readTopic(brokers, topic);
      const record = records.find((r) => r.partition === body.partition && r.offset === body.offset);
      expect(record).toMatchObject({ key: user, timestampMs: Date.parse(body.timestamp ?? '') });
      expect(record?.value.toString()).toBe(
        JSON.stringify({ id: body.id, timestamp: body.timestamp, userAgent: null, service: 'blue', user }),
      );
    },
  );

  it('keeps the User-Agent', async () => {
    const url = `${producer.url}/api/select?service=blue&user=agent`;
    const receipt = await (await fetch(url, { headers: { 'User-Agent': 'Browser/1.0 (X)' } })).json();
    const records = await readTopic(brokers, topic);
    const record = records.find((r) => r.partition === receipt.partition && r.offset === receipt.offset);
    expect(JSON.parse(record?.value.toString() ?? '{}').userAgent).toBe('Browser/1.0 (X)');
  });

  it('stores each of 1,000 concurrent requests exactly once, each where it says', async () => {
    const own = await createTopic(brokers, { partitions: 3 });
    const other = await startProducer(own);
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        select(other.url, { service: 'red', user: `user-${i}` }, agent),
      ),
    );
    agent.destroy();
    await other.stop();
    const stored = (await readTopic(brokers, own)).map(({ partition, offset, value }) => {
      return `${partition}/${offset} ${JSON.parse(value.toString()).id}`;
    });
    const told = answers.map(({ body }) => `${body.partition}/${body.offset} ${body.id}`);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(stored.sort()).toEqual(told.sort());
  });

  it('keeps the events of one user in one partition, in the order of the calls', async () => {
    const offsets: (number | undefined)[] = [];
    const partitions = new Set<number | undefined>();
    for (let i = 0; i < 5; i += 1) {
      const { body } = await select(producer.url, { service: `s${i}`, user: 'one user' });
      offsets.push(body.offset);
      partitions.add(body.partition);
    }
    expect(partitions.size).toBe(1);
    expect(offsets).toEqual([...offsets].sort((a, b) => Number(a) - Number(b)));
  });
});

describe('what is no HTTP request', () => {
  let producer: RoleProcess;
  beforeAll(async () => {
    producer = await startRole('producer', { KAFKA_BROKERS: '127.0.0.1:1' });
  });
  afterAll(() => producer?.stop());

  it.each([
    [
      'characters beyond ASCII',
      'GET /api/select?service=blue&user=김 HTTP/1.1\r\nHost: x\r\n\r\n',
      /^HTTP\/1.1 400 .*--data-urlencode/s,
    ],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 /,
    ],
  ])('%s: is answered with what is wrong, and the process goes on', async (_, request, answer) => {
    expect(await exchange(producer.url, request)).toMatch(answer);
    expect((await fetch(`${producer.url}/livez`)).status).toBe(200);
  });
});

/** Sends bytes as they are. Resolves with all bytes that come back. */
async function exchange(url: string, request: string): Promise<string> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  socket.write(request);
  return text(socket);
}

describe('an event too large for Kafka', () => {
  it('is answered with 502, and nothing is stored', async () => {
    const topic = await createTopic(brokers);
    const producer = await startProducer(topic, { KAFKA_CONFIG: '{"message.max.bytes":1000}' });
    const headers = { 'User-Agent': 'x'.repeat(2_000) };
    const response = await fetch(`${producer.url}/api/select?service=blue&user=hong`, { headers });
    expect({ status: response.status, ...(await response.json()) }).toMatchObject({
      status: 502,
      code: 'broker_refused',
    });
    expect((await select(producer.url, { service: 'blue', user: 'hong' })).status).toBe(200);
    expect(await readTopic(brokers, topic)).toHaveLength(1);
    await producer.stop();
  });
});

describe("the producer's site", () => {
  let producer: RoleProcess;
  beforeAll(async () => {
    producer = await startRole('producer', { KAFKA_BROKERS: '127.0.0.1:1' });
  });
  afterAll(() => producer?.stop());

  it.each([
    ['/', 'text/html'],
    ['/page.js', 'text/javascript'],
    ['/web-events.js', 'text/javascript'],
    ['/style.css', 'text/css'],
  ])('serves %s as %s, to be asked for anew each time', async (path, type) => {
    const response = await fetch(`${producer.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  it.each([
    ['GET', '/tracker.d.ts', 404],
    ['GET', '/..%2f..%2fpackage.json', 404],
    ['POST', '/', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const response = await fetch(`${producer.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('a producer that is told to stop', () => {
  it('under load has stored every event it answered 200 for, and exits 0', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await startProducer(topic);
    const load = new Clients(producer.url, 32);
    await until(() => load.acked.length > 300, { what: 'load' });
    producer.signal('SIGTERM');
    const exit = await producer.exited();
    await load.stop();
    expect(exit, producer.logs()).toEqual({ code: 0, signal: null });
    const stored = new Set(
      (await readTopic(brokers, topic)).map(({ value }) => JSON.parse(value.toString()).id),
    );
    expect(load.acked.filter(({ body }) => !stored.has(body.id))).toEqual([]);
    expect(stored.size).toBe(load.acked.length);
  });
});

describe('a producer that cannot start', () => {
  it('names every mistake in its settings and exits 1', async () => {
    const { code, output } = await runRole('producer', {
      PORT: 'x',
      KAFKA_BROKERS: 'nowhere',
      KAFKA_CONFIG: '{"nope":1,"acks":0}',
    });
    expect(code).toBe(1);
    for (const name of ['PORT: "x"', 'KAFKA_BROKERS: ', '"nope"', '"acks" is not yours to set']) {
      expect(output).toContain(name);
    }
  });

  it('says so when its port is taken, and exits 1', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const PORT = String(typeof address === 'object' ? address?.port : '');
    const { code, output } = await runRole('producer', { KAFKA_BROKERS: brokers, PORT });
    holder.close();
    expect(code).toBe(1);
    expect(output).toContain('EADDRINUSE');
    expect(output).toContain('set another HOST or PORT');
  });
});

describe('--check', () => {
  it('shows the topic it found, without the secrets, and exits 0', async () => {
    const topic = await createTopic(brokers, { partitions: 2 });
    const env = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_CONFIG: '{"sasl.password":"hunter2"}' };
    const { code, output } = await runRole('producer', env, { args: ['--check'] });
    expect(output).toContain(`ok   topic       ${topic}: 2 partitions, each with a leader\n`);
    expect(output).toMatch(/\nThe producer could work\.\n$/);
    expect(output).not.toContain('hunter2');
    expect(code).toBe(0);
  });

  it('exits 1 when no broker answers, and says why', async () => {
    const { code, output } = await runRole(
      'producer',
      { KAFKA_BROKERS: '127.0.0.1:1' },
      { args: ['--check'] },
    );
    expect(output).toMatch(
      /^FAIL brokers {5}127\.0\.0\.1:1 did not answer: .*\n {17}.*Connection refused\n/m,
    );
    expect(output).toMatch(/\nThe producer could NOT work: 1 failure\.\n$/);
    expect(code).toBe(1);
  });
});

describe('--help', () => {
  it.each(['producer', 'sink'] as const)(
    'of the %s says how it is called, whatever the settings, and exits 0',
    async (role) => {
      const { code, output } = await runRole(role, { KAFKA_BROKERS: 'nowhere' }, { args: ['--help'] });
      expect(output).toContain(`usage: ${role} `);
      expect(code).toBe(0);
    },
  );
});
