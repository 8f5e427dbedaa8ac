import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../../../producer/contract/settings.ts';
import { type NodeServer, openServer } from '../../../../producer/server/node-server.ts';
import {
  type AssembledCollector,
  assembleCollector,
  balance,
} from '../../../support/collector/assembled-collector.ts';
import { until } from '../../../support/until.ts';

const EVENT = 'GET /api/select?service=blue&user=kim HTTP/1.1\r\nHost: x\r\n\r\n';
const HEAD = 'POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n';
const REQUEST_TIMEOUT_MS = 2_000;

let collector: AssembledCollector;
let server: NodeServer;
let port: number;

beforeEach(() => start());
afterEach(() => stop());

async function start(
  env: Environment = {},
  { requestTimeoutMs } = { requestTimeoutMs: REQUEST_TIMEOUT_MS },
): Promise<void> {
  collector = assembleCollector(env);
  const timeouts = { requestTimeoutMs, keepAliveTimeoutMs: 60_000 };
  server = openServer(collector.app, { host: '127.0.0.1', port: 0, ...timeouts });
  port = Number(new URL(await server.listening()).port);
}

async function stop(): Promise<void> {
  server.stopAccepting();
  await server.finishAnswers(0);
}

interface Exchange {
  readonly socket: Socket;
  /** All bytes that came back, once the connection is closed. */
  readonly closed: Promise<string>;
}

function send(...pieces: readonly string[]): Exchange {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve(text))) };
}

const statusesOf = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

/** Holds the acknowledgement back until the returned function is called. */
function holdBack(): () => void {
  let release = () => {};
  collector.eventLog.gate = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

/** Blocks the whole process, as a freeze would. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function counted(name: string): Promise<number> {
  const metrics = await collector.metrics();
  const { received, accounted } = balance(metrics);
  expect(accounted).toBe(received);
  return metrics.get(name) ?? 0;
}

const received = () => counted('producer_events_received_total');
const acked = () => counted('producer_events_total{class="acked",code="acked"}');
const shed = () => counted('producer_events_total{class="shed",code="overloaded"}');
const shedWhileDraining = () => counted('producer_events_total{class="shed",code="draining"}');
const rejected = () => counted('producer_events_total{class="rejected",code="invalid_request"}');

describe('what is no request', () => {
  const get = (target: string, headers = 'Host: x\r\n') =>
    `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
  it.each([
    ['no HTTP', '\u0016\u0003\u0001\u0000\r\n\r\n', 400, 'invalid_request'],
    ['a host that is none', get('/livez', 'Host: a b\r\n'), 400, 'invalid_request'],
    ['an absolute address that is none', get('http://[x/livez'), 400, 'invalid_request'],
    ['a backslash in the path', get('/api\\select'), 400, 'invalid_request'],
    ['two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 'invalid_request'],
    [
      'a length and pieces',
      `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      'invalid_request',
    ],
    ['pieces that are none', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'invalid_request'],
    ['an address without end', get(`/${'x'.repeat(100_000)}`), 414, 'uri_too_long'],
    ['headers without end', get('/livez', `X: ${'x'.repeat(100_000)}\r\n`), 431, 'headers_too_large'],
    ['thousands of headers', get('/livez', 'X: 1234567890\r\n'.repeat(5_000)), 431, 'headers_too_large'],
    ['no request at all', '', 408, 'request_timeout'],
    ['a head that does not end', 'GET / HTTP/1.1\r\nHost', 408, 'request_timeout'],
    ['a body that does not end', `${HEAD}Content-Length: 9\r\n\r\n{`, 408, 'request_timeout'],
    ['pieces that do not end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`, 408, 'request_timeout'],
  ])('%s: is answered with the problem, and the connection closed', async (_, bytes, status, code) => {
    const text = await send(bytes).closed;
    expect(statusesOf(text)).toEqual([status]);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toMatchObject({ status, code });
    expect(collector.eventLog.records).toEqual([]);
  });

  it('is not taken for the answer to a request before it', async () => {
    const release = holdBack();
    const { closed } = send(EVENT, 'garbage\r\n\r\n');
    await until(async () => (await received()) === 1, { what: 'the event is in flight' });
    setTimeout(release, 50);
    expect(statusesOf(await closed)).toEqual([200, 400]);
    expect(await acked()).toBe(1);
  });

  it('nor is what a body has beyond its declared length', async () => {
    const body = '{"service":"blue","user":"kim"}';
    const { closed } = send(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}}}}`);
    expect(statusesOf(await closed)).toEqual([200, 400]);
  });
});

describe('bodies that never end', () => {
  const MiB = 1_048_576;
  const held = `${HEAD}Content-Length: ${MiB}\r\n\r\n${' '.repeat(MiB - 1)}`;
  const good = `[${'{"service":"blue","user":"kim"},'.repeat(99)}{"service":"blue","user":"kim"}]`.padEnd(
    70_000,
  );
  const post = (body: string) => `${HEAD}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  const status = async (body: string) => statusesOf(await send(post(body)).closed)[0];

  it('hold no more of memory than may be in flight; while they do, what is large is answered overloaded', async () => {
    await stop();
    await start({ MAX_IN_FLIGHT_BYTES: String(4 * MiB) }, { requestTimeoutMs: 60_000 });
    const dribbling = [1, 2, 3, 4, 5, 6].map(() => send(held));
    await until(async () => (await shed()) >= 2, { what: 'there is no room for all of them' });
    await until(async () => (await status(good)) === 503, { what: 'there is none for others' });
    expect(await status(good.trim())).toBe(200);
    for (const { socket } of dribbling) socket.destroy();
    await until(async () => (await status(good)) === 200, { what: 'there is room again' });
  });
});

describe('a body that is too large and comes slowly', () => {
  const PIECE = 'x'.repeat(64 * 1024);
  const PIECES = 80;
  const length = PIECE.length * PIECES;

  it.each([
    ['with a declared length', `Content-Length: ${length}\r\n\r\n`, (piece: string) => piece],
    [
      'in chunks',
      'Transfer-Encoding: chunked\r\n\r\n',
      (piece: string) => `${piece.length.toString(16)}\r\n${piece}\r\n`,
    ],
  ])('%s is read to its end, so that the client reads the 413 and goes on', async (_, head, framed) => {
    await stop();
    await start({}, { requestTimeoutMs: 60_000 });
    const { socket, closed } = send(`${HEAD}${head}`);
    const failures: Error[] = [];
    socket.on('error', (error) => failures.push(error));
    for (let piece = 0; piece < PIECES; piece++) {
      socket.write(framed(PIECE));
      await delay(20);
    }
    if (head.startsWith('Transfer')) socket.write('0\r\n\r\n');
    socket.write(EVENT.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect(statusesOf(await closed)).toEqual([413, 200]);
    expect(failures).toEqual([]);
  });

  it('and never ends is cut off in time, without a second answer', async () => {
    const { closed } = send(`${HEAD}Content-Length: 5000000\r\n\r\n${PIECE}`);
    expect(statusesOf(await closed)).toEqual([413]);
  });

  it('is answered so that Python reads the answer', async () => {
    const script = `
import http.client, sys, time
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
def body():
    for _ in range(${PIECES}):
        time.sleep(0.01)
        yield b'x' * 65536
headers = {'Content-Type': 'text/plain', 'Content-Length': '${length}'}
connection.request('POST', '/api/events', body=body(), headers=headers)
print(connection.getresponse().status)`;
    const { stdout } = await promisify(execFile)('python3', ['-c', script, String(port)]);
    expect(stdout.trim()).toBe('413');
  });
});

describe('bodies of a middle size that never end', () => {
  it.each([100, 8_192, 8_193, 65_536])('hold no more of memory than is allowed: %i bytes', async (bytes) => {
    await stop();
    await start({ MAX_IN_FLIGHT_BYTES: '1048576' }, { requestTimeoutMs: 60_000 });
    // What has come counts, which is a byte less.
    const room = Math.ceil(1_048_576 / (bytes - 1));
    const begun = `${HEAD}Content-Length: ${bytes}\r\n\r\n${' '.repeat(bytes - 1)}`;
    const clients = Array.from({ length: Math.min(2 * room, 600) }, () => send(begun));
    const refused = Math.max(0, clients.length - room);
    await until(async () => (await shed()) >= refused, { what: `${refused} are refused` });
    for (const { socket } of clients) socket.destroy();
  });
});

describe('an unusual request', () => {
  it('without a host, as HTTP/1.0 may be, is answered', async () => {
    expect(statusesOf(await send('GET /livez HTTP/1.0\r\n\r\n').closed)).toEqual([200]);
  });

  it('that waits behind others on its connection is answered in its turn', async () => {
    const last = EVENT.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(statusesOf(await send(EVENT, 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n', last).closed)).toEqual([
      200, 200, 200,
    ]);
    expect(collector.eventLog.records).toHaveLength(2);
  });

  it('with an address that names another host is answered all the same', async () => {
    const text = await send(
      'GET http://elsewhere.example/livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ).closed;
    expect(statusesOf(text)).toEqual([200]);
  });
});

it('answers what comes on an idle connection while it drains, and then closes it', async () => {
  const { socket, closed } = send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => socket.bytesRead > 0, { what: 'an idle connection' });
  collector.health.drain();
  server.stopAccepting();
  socket.write(EVENT);
  const text = await closed;
  expect(statusesOf(text)).toEqual([200, 503]);
  expect(text).toContain('"code":"draining"');
  expect(text.match(/^connection: .*$/gim)).toEqual(['Connection: keep-alive', 'Connection: close']);
});

it('closes the connection of a request under way when it begins to drain with its answer', async () => {
  const release = holdBack();
  const { closed } = send(EVENT);
  await until(async () => (await received()) === 1, { what: 'the event is in flight' });
  server.stopAccepting();
  release();
  expect(await closed).toMatch(/^HTTP\/1\.1 200 .*^Connection: close\r$/ims);
});

it('answers all that was sent on one connection before it drains, and then closes it', async () => {
  const release = holdBack();
  const { socket, closed } = send(EVENT + EVENT);
  await until(async () => (await received()) === 2, { what: 'the events are in flight' });
  collector.health.drain();
  server.stopAccepting();
  socket.write(EVENT);
  await until(async () => (await shedWhileDraining()) === 1, { what: 'one more has come' });
  release();
  const text = await closed;
  expect(statusesOf(text)).toEqual([200, 200, 503]);
  expect(text.match(/^connection: close$/gim)).toHaveLength(1);
});

it('answers, before it closes idle connections, what came while the process was frozen', async () => {
  const { socket, closed } = send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => socket.bytesRead > 0, { what: 'an idle connection' });
  collector.health.drain();
  server.stopAccepting();
  const settled = server.finishAnswers(10_000);
  // After the freeze, timers run before the server reads what has come.
  await setImmediate();
  socket.write(EVENT);
  freeze(1_000);
  expect(statusesOf(await closed)).toEqual([200, 503]);
  await settled;
});

it('waits for no answer to a client that has gone', async () => {
  holdBack();
  const { socket, closed } = send(EVENT + EVENT);
  await until(async () => (await received()) === 2, { what: 'the events are in flight' });
  socket.resetAndDestroy();
  await closed;
  server.stopAccepting();
  await server.finishAnswers(60_000);
});

describe('a client that goes away', () => {
  it('while its event is on its way has it stored and counted once', async () => {
    const release = holdBack();
    const { socket, closed } = send(EVENT);
    await until(async () => (await received()) === 1, { what: 'the event is in flight' });
    socket.resetAndDestroy();
    await closed;
    release();
    await until(async () => (await acked()) === 1, { what: 'the event is acknowledged' });
    expect(collector.eventLog.records).toHaveLength(1);
  });

  it.each([
    ['a declared length', 'Content-Length: 100\r\n\r\n{"service":'],
    ['pieces', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"ser\r\n'],
  ])('in the middle of a body of %s has nothing stored, and counts as rejected', async (_, rest) => {
    const { socket } = send(HEAD + rest);
    await until(() => socket.bytesWritten > HEAD.length, { what: 'it is sent' });
    setTimeout(() => socket.resetAndDestroy(), 20);
    await until(async () => (await rejected()) === 1, { what: 'it is counted' });
    expect(collector.eventLog.records).toEqual([]);
  });
});
