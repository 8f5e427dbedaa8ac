import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HdfsClient } from '../../../../sink/hdfs/client.ts';
import { OpWriteBlock_Stage as Stage, Status } from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import { goodAcknowledgement } from '../../../support/fakes/hdfs/fake-data-node.ts';
import { BLOCK_BYTES, ENCRYPTED, FakeHdfs, FILE_STATUS } from '../../../support/fakes/hdfs/fake-hdfs.ts';
import { type NameNodeScript, Refusal } from '../../../support/fakes/hdfs/fake-name-node.ts';
import type { SeenPacket } from '../../../support/fakes/hdfs/seen-operation.ts';
import { acknowledgement, response } from '../../../support/fakes/hdfs/transfer-bytes.ts';
import { until } from '../../../support/until.ts';

const PATH = '/a/file';
let hdfs: FakeHdfs;
const clients: HdfsClient[] = [];
beforeEach(async () => {
  hdfs = await FakeHdfs.start();
});
afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.close();
  await hdfs.stop();
  expect(hdfs.complaints).toEqual([]);
});

function clientOf({ timeoutMs = 20_000, sync = false } = {}): HdfsClient {
  const client = new HdfsClient({ nameNodes: [hdfs.nameNode.endpoint], user: 'hong', timeoutMs, sync });
  clients.push(client);
  return client;
}

function script(changes: NameNodeScript): void {
  hdfs.nameNode.script = { ...hdfs.nameNode.script, ...changes };
}

/** A DataNode gives this answer once, then answers correctly. */
function once(index: number, answer: (packet: SeenPacket) => Buffer | undefined): void {
  let left = 1;
  hdfs.node(index).script = {
    acknowledge: (packet, operation) =>
      left-- > 0 ? answer(packet) : goodAcknowledgement(packet, operation),
  };
}

const noDataNodeIsConnected = () =>
  until(() => hdfs.connectedToDataNodes === 0, { what: 'no connection to a DataNode is left' });
const fail = (kind: string, reason: unknown = expect.any(String)) =>
  expect.objectContaining({ name: 'HdfsError', kind, reason });
const everyReply = (status: Status) => (packet: SeenPacket) =>
  acknowledgement(packet.sequence, [status, status, status]);

describe('a file', () => {
  test('has the written bytes, over blocks and flushes of every size', async () => {
    const file = await clientOf().create(PATH);
    const parts = [1, 2, 509, 512, 513, 1_024, 4_096, 10_000, 3, 0, 5].map((bytes) => randomBytes(bytes));
    for (const part of parts) await file.write(part);
    await file.close();
    expect(hdfs.content.equals(Buffer.concat(parts))).toBe(true);
    await noDataNodeIsConnected();
  });

  test('gets appended bytes in a new block', async () => {
    const before = randomBytes(700);
    hdfs.addBlock(before);
    const file = await clientOf().append(PATH);
    const after = randomBytes(BLOCK_BYTES);
    await file.write(after);
    await file.close();
    expect(hdfs.content.equals(Buffer.concat([before, after]))).toBe(true);
    expect(hdfs.node(0).writes[0]).toMatchObject({
      stage: Stage.PIPELINE_SETUP_CREATE,
      header: { base: { block: { bytes: BigInt(BLOCK_BYTES) } } },
    });
  });

  test('is synced with the last packet of each write, if so configured', async () => {
    const file = await clientOf({ sync: true }).create(PATH);
    await file.write(randomBytes(100));
    await file.close();
    expect(hdfs.node(0).packets.map(({ sync }) => sync)).toEqual([true, true]);
  });

  test('has its length reported once, a second after the last write', async () => {
    const reported: bigint[] = [];
    script({
      fsync: ({ lastBlockLength }) => {
        reported.push(lastBlockLength);
        return {};
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const file = await clientOf().create(PATH);
    await file.write(randomBytes(100));
    vi.advanceTimersByTime(900);
    await file.write(randomBytes(20));
    vi.advanceTimersByTime(2_000);
    vi.useRealTimers();
    await until(() => reported.length > 0, { what: 'the length is reported' });
    await file.close();
    expect(reported).toEqual([120n]);
  });

  test('is complete only when the NameNode says so', async () => {
    let asked = 0;
    script({
      complete: () => {
        asked += 1;
        return { result: asked === 4 };
      },
    });
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('x'));
    await file.close();
    expect(asked).toBe(4);
  });

  test('that never becomes complete is an error in time', async () => {
    script({ complete: () => ({ result: false }) });
    const file = await clientOf({ timeoutMs: 500 }).create(PATH);
    await file.write(Buffer.from('x'));
    await expect(file.close()).rejects.toEqual(fail('remote', 'NotReplicated'));
  });

  test('gets its next block although the NameNode does not know the last as complete yet', async () => {
    const addBlock = hdfs.script.addBlock;
    let refusals = 3;
    script({
      addBlock: (request, call) =>
        request.previous && refusals-- > 0
          ? new Refusal('org.apache.hadoop.hdfs.server.namenode.NotReplicatedYetException')
          : (addBlock?.(request, call) ?? {}),
    });
    const all = randomBytes(3 * BLOCK_BYTES);
    const file = await clientOf().create(PATH);
    await file.write(all);
    await file.close();
    expect(hdfs.content.equals(all)).toBe(true);
    expect(hdfs.nameNode.calls('addBlock')).toHaveLength(6);
  });

  test('whose next block never comes is an error in time', async () => {
    script({ addBlock: () => new Refusal('a.NotReplicatedYetException') });
    const file = await clientOf({ timeoutMs: 500 }).create(PATH);
    await expect(file.write(Buffer.from('x'))).rejects.toEqual(fail('remote', 'NotReplicatedYetException'));
  });

  test.each<[string, string, object]>([
    ['is erasure-coded', 'UnsupportedOperationException', { erasureCodingPolicy: { id: 1 } }],
    ['is encrypted', 'EncryptedFile', ENCRYPTED],
    ['has blocks without a size', 'NoBlockSize', { blockSize: 0n }],
  ])('that %s is refused', async (_, reason, status) => {
    script({ create: () => ({ status: { ...FILE_STATUS, ...status } }) });
    await expect(clientOf().create(PATH)).rejects.toMatchObject({ name: 'HdfsError', reason });
  });

  test('without a status in the NameNode’s answer is refused', async () => {
    script({ create: () => ({}) });
    await expect(clientOf().create(PATH)).rejects.toEqual(fail('protocol', 'NoFileStatus'));
  });
});

describe('a new block', () => {
  test('is abandoned where its first DataNode refuses connections, and this DataNode is left out', async () => {
    await hdfs.node(0).server.stop();
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('x'));
    await file.close();
    expect(hdfs.nameNode.calls('abandonBlock')).toHaveLength(1);
    expect(hdfs.node(1).writes[0]?.targets).toHaveLength(1);
    expect(String(hdfs.content)).toBe('x');
  });

  test('is abandoned where the first DataNode names a bad link, and the bad DataNode is left out', async () => {
    const { ipAddress, transferPort } = hdfs.node(2).info.id;
    const firstBadLink = `${ipAddress}:${transferPort}`;
    hdfs.node(0).script = {
      setUp: ({ targets }) =>
        targets.length === 2 ? response({ status: Status.ERROR, firstBadLink }) : response(),
    };
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('x'));
    await file.close();
    expect(hdfs.nameNode.calls('abandonBlock')).toHaveLength(1);
    expect(hdfs.node(0).writes[1]?.targets.map(({ id }) => id?.transferPort)).toEqual([
      hdfs.node(1).info.id.transferPort,
    ]);
  });

  test('that no DataNode takes is an error, and each DataNode was asked once', async () => {
    for (const node of hdfs.dataNodes) node.script = { setUp: () => response({ status: Status.ERROR }) };
    const file = await clientOf().create(PATH);
    await expect(file.write(Buffer.from('x'))).rejects.toEqual(fail('remote'));
    expect(hdfs.dataNodes.map(({ writes }) => writes.length)).toEqual([1, 1, 1]);
    await noDataNodeIsConnected();
  });
});

describe('a DataNode is left out, and no byte is lost or written twice, where it', () => {
  const parts = [700, 900, 100, 5_000].map((bytes) => randomBytes(bytes));
  const sound: readonly Status[] = [Status.SUCCESS, Status.SUCCESS, Status.SUCCESS];
  test.each<[string, number, (packet: SeenPacket) => Buffer | undefined]>([
    ['replies with an error', 1, ({ sequence }) => acknowledgement(sequence, sound.with(1, Status.ERROR))],
    [
      'is the last, and replies with an error',
      2,
      ({ sequence }) => acknowledgement(sequence, sound.with(2, Status.ERROR_CHECKSUM)),
    ],
    ['is about to be restarted', 0, () => acknowledgement(-2, [Status.OOB_RESTART])],
    ['acknowledges out of order', 0, ({ sequence }) => acknowledgement(sequence + 1, sound)],
    ['acknowledges for too few', 0, ({ sequence }) => acknowledgement(sequence, [Status.SUCCESS])],
    ['acknowledges for too many', 0, ({ sequence }) => acknowledgement(sequence, [...sound, Status.SUCCESS])],
    [
      'names a bad DataNode beyond the pipeline',
      0,
      ({ sequence }) => acknowledgement(sequence, [...sound, Status.ERROR]),
    ],
    [
      'replies with an unknown status',
      0,
      ({ sequence }) => acknowledgement(sequence, sound.with(1, 99 as Status)),
    ],
    ['sends no message of the protocol', 0, () => Buffer.alloc(20, 0xff)],
    ['announces a gigabyte', 0, () => Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04])],
  ])('%s', async (_, bad, answer) => {
    const file = await clientOf().create(PATH);
    await file.write(parts[0] ?? Buffer.alloc(0));
    once(0, answer);
    for (const part of parts.slice(1)) await file.write(part);
    await file.close();
    expect(hdfs.content.equals(Buffer.concat(parts))).toBe(true);
    const nodes = hdfs.dataNodes.map(({ info }) => info.id.transferPort).toSpliced(bad, 1);
    const again = hdfs.dataNodes
      .flatMap(({ writes }) => writes)
      .find(({ stage }) => stage === Stage.PIPELINE_SETUP_STREAMING_RECOVERY);
    expect(again).toMatchObject({ pipelineSize: 2, minBytesReceived: 700n, latestGenerationStamp: 1001n });
    expect(again?.targets.map(({ id }) => id?.transferPort)).toEqual(nodes.slice(1));
  });

  test('dies between two writes, and the next dies while the pipeline is rebuilt', async () => {
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('one\n'));
    await hdfs.node(0).server.stop();
    await hdfs.node(1).server.stop();
    await file.write(Buffer.from('two\n'));
    await file.close();
    expect(String(hdfs.content)).toBe('one\ntwo\n');
    expect(hdfs.node(2).writes[0]).toMatchObject({ pipelineSize: 1, latestGenerationStamp: 1002n });
  });

  test.each([[[1]], [[0, 2]]])('%j hang: the block goes on in the DataNodes that answer', async (hanging) => {
    const file = await clientOf({ timeoutMs: 500 }).create(PATH);
    await file.write(Buffer.from('one\n'));
    once(0, () => undefined);
    for (const index of hanging)
      hdfs.node(index).script = { ...hdfs.node(index).script, read: () => undefined };
    await file.write(Buffer.from('two\n'));
    await file.close();
    expect(hdfs.content.toString()).toBe('one\ntwo\n');
    const answering = hdfs.dataNodes.filter((_, index) => !hanging.includes(index));
    expect(answering[0]?.writes.at(-1)).toMatchObject({ pipelineSize: answering.length });
    await noDataNodeIsConnected();
  });

  test('had acknowledged some packets: these are not sent again', async () => {
    let count = 0;
    hdfs.node(0).script = {
      acknowledge: (packet, operation, socket) => {
        count += 1;
        if (count === 2) socket.destroy();
        return goodAcknowledgement(packet, operation);
      },
    };
    const blockSize = 1024n * 1024n;
    script({ create: () => ({ status: { ...FILE_STATUS, blockSize } }) });
    const all = randomBytes(300_000);
    const file = await clientOf().create(PATH);
    await file.write(all);
    await file.close();
    expect(hdfs.content.equals(all)).toBe(true);
    const acknowledged = Number(hdfs.node(1).writes[0]?.minBytesReceived);
    expect(acknowledged).toBeGreaterThan(0);
    expect(hdfs.node(1).packets[0]).toMatchObject({ sequence: 1, offset: acknowledged });
  });
});

describe('a writer ends where', () => {
  test('no DataNode is left', async () => {
    for (const node of hdfs.dataNodes) node.script = { acknowledge: everyReply(Status.ERROR) };
    const file = await clientOf().create(PATH);
    await expect(file.write(Buffer.from('x'))).rejects.toEqual(fail('remote', 'ERROR'));
    await expect(file.write(Buffer.from('y'))).rejects.toEqual(fail('remote', 'ERROR'));
    await noDataNodeIsConnected();
  });

  test('the NameNode refuses the rebuilt pipeline, and no connection is left', async () => {
    script({ updatePipeline: () => new Refusal('a.LeaseExpiredException') });
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('x'));
    hdfs.node(0).server.cut();
    await expect(file.write(Buffer.from('y'))).rejects.toEqual(fail('remote', 'LeaseExpiredException'));
    await noDataNodeIsConnected();
  });

  test('it is destroyed while it waits for an acknowledgement, and no more calls are sent', async () => {
    hdfs.node(0).script = { acknowledge: () => undefined };
    const file = await clientOf().create(PATH);
    const write = file.write(Buffer.from('x'));
    await until(() => hdfs.node(0).packets.length > 0, { what: 'the packet is there' });
    file.destroy();
    await expect(write).rejects.toEqual(fail('closed', 'Closed'));
    await expect(file.write(Buffer.from('y'))).rejects.toEqual(fail('closed', 'Closed'));
    await expect(file.close()).rejects.toEqual(fail('closed', 'Closed'));
    expect(hdfs.nameNode.calls('updateBlockForPipeline')).toEqual([]);
    await noDataNodeIsConnected();
  });

  test.each<['addBlock' | 'updatePipeline']>([['addBlock'], ['updatePipeline']])(
    'it is destroyed while %s is under way, and no connection is left',
    async (method) => {
      const good = hdfs.script[method] as (request: unknown, call: unknown) => object;
      let goOn = () => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      script({ [method]: (request: unknown, call: unknown) => held.then(() => good(request, call)) });
      const file = await (method === 'addBlock' ? clientOf().create(PATH) : begunAndCut());
      const write = file.write(Buffer.from('x'));
      await until(() => hdfs.nameNode.calls(method).length > 0, { what: `${method} is asked` });
      file.destroy();
      goOn();
      await expect(write).rejects.toEqual(fail('closed', 'Closed'));
      await noDataNodeIsConnected();
    },
  );

  async function begunAndCut() {
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('before'));
    hdfs.node(0).server.cut();
    return file;
  }

  test('no acknowledgement comes in time although every DataNode answers: none is left out', async () => {
    const file = await clientOf({ timeoutMs: 500 }).create(PATH);
    await file.write(Buffer.from('one\n'));
    once(0, () => undefined);
    await expect(file.write(Buffer.from('two\n'))).rejects.toEqual(fail('connection', 'ETIMEDOUT'));
    expect(hdfs.nameNode.calls('updateBlockForPipeline')).toEqual([]);
    await noDataNodeIsConnected();
  });

  test('the file is gone when its lease is due for renewal', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = await clientOf().create(PATH);
    await file.write(Buffer.from('x'));
    vi.advanceTimersByTime(20_000);
    await until(() => hdfs.nameNode.calls('renewLease').length === 1, { what: 'the lease is renewed' });
    script({ getFileInfo: () => ({}) });
    vi.advanceTimersByTime(20_000);
    await noDataNodeIsConnected();
    await expect(file.write(Buffer.from('y'))).rejects.toEqual(fail('remote', 'FileNotFoundException'));
    const asked = hdfs.nameNode.seen.length;
    vi.advanceTimersByTime(200_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(hdfs.nameNode.calls('renewLease')).toHaveLength(1);
    expect(hdfs.nameNode.seen).toHaveLength(asked);
  });
});

test('an idle writer sends heartbeats, and their acknowledgements have no effect', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const file = await clientOf().create(PATH);
  await file.write(Buffer.from('x'));
  vi.advanceTimersByTime(20_000);
  await until(() => hdfs.node(0).packets.some(({ sequence }) => sequence === -1), { what: 'a heartbeat' });
  await file.write(Buffer.from('y'));
  await file.close();
  expect(String(hdfs.content)).toBe('xy');
  expect(hdfs.nameNode.calls('updateBlockForPipeline')).toEqual([]);
});
