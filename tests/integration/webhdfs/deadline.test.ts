import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';

const TIMEOUT_MS = 300;
const folder = new PartitionFolder(inject('hdfsUrl'));
const claim = folder.newClaim();
const releases: (() => void)[] = [];

afterEach(() => {
  for (const release of releases.splice(0)) release();
});

/** Listens until the test ends, and then cuts its connections. */
async function listen(server: net.Server): Promise<string> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  releases.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

/** A server that accepts connections and never answers. */
const silent = (): Promise<string> => listen(net.createServer((socket) => socket.resume()));

const answering = (status: number, body: object): Promise<string> =>
  listen(http.createServer((_, response) => response.writeHead(status).end(JSON.stringify(body))));

const storeOn = (...urls: readonly string[]) =>
  folder.newWebHdfsStore({ nameNodes: urls.map((url) => new URL(url)), timeoutMs: TIMEOUT_MS });

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work;
  return performance.now() - begunMs;
}

describe('within the time-out of one request, and not before,', () => {
  const timedOut = expect.objectContaining({ kind: 'unavailable', reason: 'ETIMEDOUT' });

  async function keepsDeadline(work: Promise<unknown>): Promise<void> {
    const took = await elapsedMs(expect(work).rejects.toEqual(timedOut));
    expect(took).toBeGreaterThan(TIMEOUT_MS - 50);
    expect(took).toBeLessThan(TIMEOUT_MS + 1_500);
  }

  test('a silent NameNode fails a claim', async () => {
    await keepsDeadline(storeOn(await silent()).claim(claim));
  });

  test('a silent DataNode fails an append, however much is to be sent', async () => {
    const nameNode = await answering(200, { Location: `${await silent()}/webhdfs/v1/x?op=APPEND` });
    await keepsDeadline(storeOn(nameNode).append(claim, 0, [Buffer.alloc(16 * 1024 * 1024)]));
  });

  test('an answer that stops in the middle fails a listing', async () => {
    const nameNode = await listen(
      http.createServer((_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('{')),
    );
    await keepsDeadline(storeOn(nameNode).segments(claim));
  });
});

describe('a listing that failed is not an empty one:', () => {
  test('with the NameNode gone, a claim and a listing reject', async () => {
    const store = storeOn(`http://127.0.0.1:${await freePort()}`);
    const gone = expect.objectContaining({ kind: 'unavailable', reason: 'ECONNREFUSED' });
    await expect(store.claim(claim)).rejects.toEqual(gone);
    await expect(store.segments(claim)).rejects.toEqual(gone);
  });

  test.each([
    [500, {}],
    [200, {}],
    [403, { RemoteException: { exception: 'SafeModeException', message: 'in safe mode' } }],
  ])('an answer %i %j makes a claim reject', async (status, body) => {
    await expect(storeOn(await answering(status, body)).claim(claim)).rejects.toThrow();
  });

  test('a folder that is gone is a fence', async () => {
    const store = folder.newStore();
    await expect(store.segments(folder.newClaim())).rejects.toEqual(
      expect.objectContaining({ kind: 'fenced' }),
    );
  });
});
