import { afterEach, describe, expect, test } from 'vitest';
import { ClientNamenodeProtocol } from '../../../../../sink/hdfs/generated/name-node_pb.ts';
import { RpcResponseHeader_Status as Status } from '../../../../../sink/hdfs/generated/rpc_pb.ts';
import { RpcClient } from '../../../../../sink/hdfs/rpc/client.ts';
import type { Endpoint } from '../../../../../sink/hdfs/wire/connect.ts';
import { HdfsError } from '../../../../../sink/hdfs/wire/errors.ts';
import {
  answerFrame,
  delimitedBytes,
  FakeNameNode,
  type NameNodeScript,
  RawAnswer,
  Refusal,
} from '../../../../support/fakes/hdfs/fake-name-node.ts';
import { deadPort, LoopbackServer } from '../../../../support/fakes/hdfs/loopback-server.ts';
import { until } from '../../../../support/until.ts';

const { method } = ClientNamenodeProtocol;
const SOON_MS = 200;
const started: { stop(): Promise<void> }[] = [];
const clients: RpcClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function nameNode(script: NameNodeScript = {}): Promise<FakeNameNode> {
  const fake = await FakeNameNode.start(script);
  started.push(fake.server);
  return fake;
}

function clientOf(nameNodes: readonly Endpoint[], timeoutMs = 20_000): RpcClient {
  const client = new RpcClient({ nameNodes, user: 'hong', timeoutMs });
  clients.push(client);
  return client;
}

function held<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((release) => {
    resolve = release;
  });
  return { promise, resolve };
}

const isClosed = (client: RpcClient, source = '/a') => client.call(method.isFileClosed, { source });
const yes = () => ({ result: true });
const standby = () => new Refusal('org.apache.hadoop.ipc.StandbyException');
const fail = (kind: string, reason: unknown = expect.any(String)) =>
  expect.objectContaining({ name: 'HdfsError', kind, reason });

describe('a call', () => {
  test('gets its answer, although a later call is answered before it', async () => {
    const first = held<{ result: boolean }>();
    const { endpoint } = await nameNode({
      isFileClosed: ({ source }) => (source === '/first' ? first.promise : { result: false }),
    });
    const client = clientOf([endpoint]);
    const waiting = isClosed(client, '/first');
    expect(await isClosed(client, '/second')).toMatchObject({ result: false });
    first.resolve({ result: true });
    expect(await waiting).toMatchObject({ result: true });
  });

  test('ignores answers to calls that were never made', async () => {
    const { endpoint } = await nameNode({
      isFileClosed: (_, { socket }) => {
        socket.write(answerFrame({ callId: 4711, status: Status.SUCCESS }));
        socket.write(answerFrame({ callId: 4712, status: Status.ERROR, exceptionClass: 'a.B' }));
        return yes();
      },
    });
    expect(await isClosed(clientOf([endpoint]))).toMatchObject({ result: true });
  });

  test('that is refused rejects with the simple name of the exception, and is not repeated', async () => {
    const fake = await nameNode({
      isFileClosed: () => new Refusal('org.apache.hadoop.security.AccessControlException'),
    });
    await expect(isClosed(clientOf([fake.endpoint]))).rejects.toEqual(
      fail('remote', 'AccessControlException'),
    );
    expect(fake.seen).toHaveLength(1);
  });

  test('goes to the other NameNode with the same ids where the first is the standby', async () => {
    const [first, second] = [
      await nameNode({ isFileClosed: standby }),
      await nameNode({ isFileClosed: yes }),
    ];
    const client = clientOf([first.endpoint, second.endpoint]);
    expect(await isClosed(client)).toMatchObject({ result: true });
    const [asked, again] = [first.seen[0], second.seen[0]];
    expect(asked).toMatchObject({ retryCount: 0, clientId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(again).toMatchObject({ clientId: asked?.clientId, callId: asked?.callId, retryCount: 1 });
    await isClosed(client);
    expect(first.seen).toHaveLength(1);
    expect(second.seen[1]).toMatchObject({ callId: (asked?.callId ?? 0) + 1, retryCount: 0 });
  });

  test('goes to the other NameNode with the same ids where the first dies during the call', async () => {
    const first = await nameNode({
      isFileClosed: (_, { socket }) => {
        socket.destroy();
        return yes();
      },
    });
    const second = await nameNode({ isFileClosed: yes });
    expect(await isClosed(clientOf([first.endpoint, second.endpoint]))).toMatchObject({ result: true });
    const { callId, clientId } = first.seen[0] ?? {};
    expect(second.seen[0]).toMatchObject({ callId, clientId, retryCount: 1 });
  });

  test('is served by the other NameNode where the first refuses connections', async () => {
    const fake = await nameNode({ isFileClosed: yes });
    const dead = { host: '127.0.0.1', port: await deadPort() };
    expect(await isClosed(clientOf([dead, fake.endpoint]))).toMatchObject({ result: true });
  });

  test('that no NameNode serves rejects with what the NameNodes said', async () => {
    const { endpoint } = await nameNode({ isFileClosed: standby });
    const dead = { host: '127.0.0.1', port: await deadPort() };
    await expect(isClosed(clientOf([endpoint, dead]))).rejects.toEqual(fail('connection', 'ECONNREFUSED'));
    await expect(isClosed(clientOf([endpoint]))).rejects.toEqual(fail('remote', 'StandbyException'));
  });

  test('opens a new connection where the last was closed meanwhile', async () => {
    const fake = await nameNode({ isFileClosed: yes });
    const client = clientOf([fake.endpoint]);
    await isClosed(client);
    fake.server.cut();
    await until(() => fake.server.connected === 0, { what: 'the connection is cut' });
    expect(await isClosed(client)).toMatchObject({ result: true });
    expect(fake.server.accepted).toBe(2);
  });

  test('shares its connection with calls at the same time', async () => {
    const fake = await nameNode({ isFileClosed: yes });
    const client = clientOf([fake.endpoint]);
    await Promise.all(Array.from({ length: 50 }, () => isClosed(client)));
    expect(fake.server.accepted).toBe(1);
    expect(new Set(fake.seen.map(({ callId }) => callId)).size).toBe(50);
  });

  test('rejects when the client is closed, and leaves no connection', async () => {
    const fake = await nameNode({ isFileClosed: yes });
    const client = clientOf([fake.endpoint]);
    const begun = isClosed(client);
    client.close();
    await expect(begun).rejects.toBeInstanceOf(HdfsError);
    await expect(isClosed(client)).rejects.toEqual(fail('closed', 'Closed'));
    await until(() => fake.server.connected === 0, { what: 'no connection is left' });
  });

  test('to an impossible port or host rejects with an HdfsError', async () => {
    for (const endpoint of [
      { host: '127.0.0.1', port: 70_000 },
      { host: '', port: 8020 },
      { host: 'a\0b', port: 8020 },
    ]) {
      await expect(isClosed(clientOf([endpoint]))).rejects.toBeInstanceOf(HdfsError);
    }
  });
});

describe('an answer', () => {
  test('that is fatal refuses its own call, and the outcome of other calls is unknown', async () => {
    const both = held<void>();
    const fake = await nameNode({
      isFileClosed: async ({ source }) => {
        if (source === '/other') return new RawAnswer();
        await both.promise;
        return new Refusal('org.apache.hadoop.ipc.RpcNoSuchMethodException', Status.FATAL);
      },
    });
    const other = await nameNode({ isFileClosed: yes });
    const client = clientOf([fake.endpoint, other.endpoint]);
    const fatal = isClosed(client, '/fatal');
    const unrelated = isClosed(client, '/other');
    await until(() => fake.seen.length === 2, { what: 'both are asked' });
    both.resolve();
    await expect(fatal).rejects.toEqual(fail('remote', 'RpcNoSuchMethodException'));
    // The client asks the other NameNode, as after any lost connection.
    expect(await unrelated).toMatchObject({ result: true });
  });

  test('that is fatal to the connection refuses every call', async () => {
    const fake = await nameNode({
      isFileClosed: () =>
        new RawAnswer(
          answerFrame({
            callId: 0xffff_ffff,
            status: Status.FATAL,
            exceptionClass: 'a.AuthorizationException',
          }),
        ),
    });
    await expect(isClosed(clientOf([fake.endpoint]))).rejects.toEqual(
      fail('remote', 'AuthorizationException'),
    );
    expect(fake.seen).toHaveLength(1);
  });

  const success = (callId: number, body: Uint8Array) => answerFrame({ callId, status: Status.SUCCESS }, body);
  test.each<[string, (callId: number) => Uint8Array]>([
    ['announces a gigabyte', () => Buffer.from([0x40, 0, 0, 0])],
    ['announces four gigabytes', () => Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['is empty', () => Buffer.from([0, 0, 0, 0])],
    ['has a header longer than itself', () => Buffer.from([0, 0, 0, 2, 9, 8])],
    [
      'has a header of an endless length',
      () => Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.alloc(9, 0xff)]),
    ],
    ['has a header without a required field', () => Buffer.from([0, 0, 0, 3, 2, 8, 1])],
    ['has an unknown status', () => Buffer.from([0, 0, 0, 5, 4, 8, 1, 16, 9])],
    ['lacks its message', (callId) => success(callId, Buffer.alloc(0))],
    ['is cut short', (callId) => success(callId, Buffer.from([9, 8]))],
    ['has bytes after its message', (callId) => success(callId, Buffer.from([2, 8, 1, 0]))],
    ['lacks a required field', (callId) => success(callId, Buffer.from([0]))],
    ['has a field of another type', (callId) => success(callId, Buffer.from([3, 10, 1, 65]))],
  ])('that %s is a protocol error at once', async (_, bytes) => {
    const { endpoint } = await nameNode({ isFileClosed: (__, { callId }) => new RawAnswer(bytes(callId)) });
    const begunMs = performance.now();
    await expect(isClosed(clientOf([endpoint]))).rejects.toEqual(fail('protocol'));
    expect(performance.now() - begunMs).toBeLessThan(5_000);
  });

  test('of an HTTP server says so', async () => {
    const { endpoint } = await nameNode({
      isFileClosed: () => new RawAnswer(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
    });
    await expect(isClosed(clientOf([endpoint]))).rejects.toEqual(fail('protocol', 'SpeaksHttp'));
  });

  test('whose exception has a name of millions of letters is read quickly', async () => {
    const exceptionClass = `${'a'.repeat(4_000_000)}.`;
    const { endpoint } = await nameNode({ isFileClosed: () => new Refusal(exceptionClass) });
    const begunMs = performance.now();
    await expect(isClosed(clientOf([endpoint]))).rejects.toEqual(fail('remote', 'RemoteException'));
    expect(performance.now() - begunMs).toBeLessThan(5_000);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['never comes', () => Buffer.alloc(0)],
    ['stops in its length', (bytes) => bytes.subarray(0, 3)],
    ['stops in the middle', (bytes) => bytes.subarray(0, bytes.length - 1)],
  ])('that %s is a time-out', async (_, cut) => {
    const { endpoint } = await nameNode({
      isFileClosed: (__, { callId }) =>
        new RawAnswer(cut(success(callId, delimitedBytes(method.isFileClosed.output, { result: true })))),
    });
    await expect(isClosed(clientOf([endpoint], SOON_MS))).rejects.toEqual(fail('connection', 'ETIMEDOUT'));
  });

  test('that ends in the middle is a lost connection, also where the server closes only its half', async () => {
    const fake = await nameNode({
      isFileClosed: (_, { socket, callId }) => {
        socket.end(success(callId, Buffer.from([2, 8, 1])).subarray(0, -1));
        return new RawAnswer();
      },
    });
    await expect(isClosed(clientOf([fake.endpoint]))).rejects.toEqual(fail('connection', 'ECONNRESET'));
    await until(() => fake.server.connected === 0, { what: 'the client’s half is closed too' });
  });
});

test('a NameNode that does not read the call’s bytes is a time-out', async () => {
  const server = await LoopbackServer.start((socket) => socket.pause());
  started.push(server);
  const client = clientOf([server.endpoint], SOON_MS);
  const request = { source: '/a', clientName: 'x'.repeat(8 * 1024 * 1024) };
  await expect(client.call(method.recoverLease, request)).rejects.toEqual(fail('connection', 'ETIMEDOUT'));
});
