import { once } from 'node:events';
import * as net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../../../infra/local/process/free-port.ts';
import { WebHdfsClient } from '../../../../../sink/storage/webhdfs/client.ts';
import { type Condition, ScriptedNameNode } from '../../../../support/fakes/scripted-name-node.ts';

/**
 * A request to a silent server takes all of this time. The other server has to answer within it,
 * however busy the machine is.
 */
const TIMEOUT_MS = 1_500;
const releases: (() => void)[] = [];

afterEach(() => {
  for (const release of releases.splice(0)) release();
});

async function nameNode(condition: Condition): Promise<ScriptedNameNode> {
  const started = await ScriptedNameNode.start(condition);
  releases.push(() => started.stop());
  return started;
}

function clientOf(...nameNodes: readonly URL[]): WebHdfsClient {
  const client = new WebHdfsClient({ nameNodes, user: 'kim', timeoutMs: TIMEOUT_MS });
  releases.push(() => client.close());
  return client;
}

async function pair(conditions: readonly [Condition, Condition]) {
  const [first, second] = [await nameNode(conditions[0]), await nameNode(conditions[1])];
  return { first, second, client: clientOf(first.url, second.url) };
}

/** A server that accepts connections and sends nothing, not even the beginning of TLS. */
async function mute(): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => sockets.add(socket));
  releases.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as net.AddressInfo).port;
}

const rename = (client: WebHdfsClient) => client.ask('PUT', '/a', 'RENAME', { destination: '/b' });
const list = (client: WebHdfsClient) => client.ask('GET', '/', 'LISTSTATUS');
/** A question for the location of an append changes nothing. */
const whereToAppend = (client: WebHdfsClient) => client.ask('POST', '/a', 'APPEND', { noredirect: 'true' });

describe('a changing request that no server has begun goes to the other NameNode:', () => {
  test.each<Condition>(['standby', 'starting'])('the first is %s', async (condition) => {
    const { second, client } = await pair([condition, 'active']);
    await rename(client);
    expect(second.asked).toBe(1);
  });

  test.each([
    ['nobody listens', async () => `http://127.0.0.1:${await freePort()}`],
    ['its host name is unknown', async () => 'http://name-node.invalid:9870'],
    ['it does not finish to connect', async () => `https://127.0.0.1:${await mute()}`],
  ])('%s', async (_, address) => {
    const second = await nameNode('active');
    await rename(clientOf(new URL(await address()), second.url));
    expect(second.asked).toBe(1);
  });
});

describe('a changing request that may be applied is not repeated, and the next goes to the other NameNode:', () => {
  test.each<Condition>(['silent', 'cutting', 'out of order'])('the first is %s', async (condition) => {
    const { first, second, client } = await pair([condition, 'active']);
    await expect(rename(client)).rejects.toMatchObject({ name: 'FileSystemError', kind: 'unavailable' });
    expect([first.asked, second.asked]).toEqual([1, 0]);
    await rename(client);
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });
});

describe('a request that changes nothing goes to the other NameNode:', () => {
  const conditions: readonly Condition[] = ['standby', 'starting', 'silent', 'cutting', 'out of order'];
  test.each(conditions)('the first is %s', async (condition) => {
    const [one, other] = await Promise.all([pair([condition, 'active']), pair([condition, 'active'])]);
    await Promise.all([list(one.client), whereToAppend(other.client)]);
    expect([one.second.asked, other.second.asked]).toEqual([1, 1]);
  });
});

test('the active NameNode stays the first while it is in safe mode', async () => {
  const { first, second, client } = await pair(['in safe mode', 'standby']);
  for (const ask of [rename, list]) {
    await expect(ask(client)).rejects.toMatchObject({ reason: 'SafeModeException' });
  }
  expect([first.asked, second.asked]).toEqual([2, 0]);
});

test('two requests that fail at the same moment move the order on once', async () => {
  const { first, second, client } = await pair(['cutting', 'active']);
  await Promise.allSettled([rename(client), rename(client)]);
  await rename(client);
  expect([first.asked, second.asked]).toEqual([2, 1]);
});

test('the NameNode that served last is the first from then on', async () => {
  const { first, second, client } = await pair(['standby', 'active']);
  for (let times = 0; times < 3; times++) await rename(client);
  expect([first.asked, second.asked]).toEqual([1, 3]);
  [first.condition, second.condition] = ['active', 'standby'];
  for (let times = 0; times < 3; times++) await rename(client);
  expect([first.asked, second.asked]).toEqual([4, 4]);
});

test('where no NameNode serves, each is asked once, and the error names each', async () => {
  const { first, second, client } = await pair(['standby', 'starting']);
  await expect(rename(client)).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'RetriableException',
    message: expect.stringMatching(
      `at ${first.url.host}: StandbyException: .*at ${second.url.host}: RetriableException: `,
    ),
  });
  expect([first.asked, second.asked]).toEqual([1, 1]);
});
