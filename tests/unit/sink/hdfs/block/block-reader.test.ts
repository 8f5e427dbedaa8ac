import { randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBlock } from '../../../../../sink/hdfs/block/block-reader.ts';
import { Status } from '../../../../../sink/hdfs/generated/data-transfer_pb.ts';
import {
  ChecksumType,
  LocatedBlockSchema,
  type LocatedBlockValid,
} from '../../../../../sink/hdfs/generated/hdfs_pb.ts';
import { drip } from '../../../../support/fakes/hdfs/drip.ts';
import { goodRead } from '../../../../support/fakes/hdfs/fake-data-node.ts';
import { FakeHdfs } from '../../../../support/fakes/hdfs/fake-hdfs.ts';
import { packet, readResponse, response } from '../../../../support/fakes/hdfs/transfer-bytes.ts';
import { until } from '../../../../support/until.ts';

const content = randomBytes(3_000);
let hdfs: FakeHdfs;
let block: bigint;
beforeEach(async () => {
  hdfs = await FakeHdfs.start(2);
  block = hdfs.addBlock(content);
});
afterEach(() => hdfs.stop());

function read(offset: number, bytes: number, timeoutMs = 20_000): Promise<Buffer> {
  const located = create(LocatedBlockSchema, hdfs.located(block)) as LocatedBlockValid;
  return readBlock({ block: located, offset, bytes }, { timeoutMs });
}

/** The answer of every DataNode to a read. */
function everyNode(answer: Buffer | undefined): void {
  for (const node of hdfs.dataNodes) node.script = { read: () => answer };
}

const fail = (kind: string, reason: unknown = expect.any(String)) =>
  expect.objectContaining({ name: 'HdfsError', kind, reason });

test.each([
  [0, 3_000],
  [0, 1],
  [511, 2],
  [512, 512],
  [1_000, 1_999],
  [2_999, 1],
])('from offset %i it reads %i bytes', async (offset, bytes) => {
  expect((await read(offset, bytes)).equals(content.subarray(offset, offset + bytes))).toBe(true);
  await until(() => hdfs.connectedToDataNodes === 0, { what: 'the connection is closed' });
});

const wrongSums = Buffer.alloc(4, 1);
const data = content.subarray(0, 512);
const last = packet({ offset: 512, sequence: 1, last: true });
describe('the client asks the next DataNode where the first', () => {
  test.each<[string, Buffer]>([
    ['refuses', response({ status: Status.ERROR })],
    [
      'has a wrong checksum',
      Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, data, sums: wrongSums }), last]),
    ],
    [
      'has too little',
      Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, data: data.subarray(0, 100) }), last]),
    ],
    ['has nothing', Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, last: true })])],
    ['hangs up', Buffer.alloc(0)],
  ])('%s', async (_, answer) => {
    hdfs.node(0).script = {
      read: () => {
        if (answer.length === 0) hdfs.node(0).server.cut();
        return answer;
      },
    };
    expect((await read(0, 512)).equals(data)).toBe(true);
    expect(hdfs.node(1).reads).toHaveLength(1);
  });

  test('refuses connections', async () => {
    await hdfs.node(0).server.stop();
    expect((await read(0, 512)).equals(data)).toBe(true);
  });
});

const noData = Buffer.alloc(0);
describe('where every DataNode', () => {
  const many = (count: number, of: (index: number) => Buffer) =>
    Buffer.concat([readResponse(), ...Array.from({ length: count }, (_, index) => of(index))]);
  test.each<[string, string, Buffer]>([
    [
      'sends more than was asked for',
      'TooMuch',
      many(5, (i) => packet({ offset: i * 512, sequence: i, data })),
    ],
    ['sends packets without data for ever', 'WrongEnd', many(50, (i) => packet({ offset: 0, sequence: i }))],
    ['ends with data', 'WrongEnd', many(1, () => packet({ offset: 0, sequence: 0, data, last: true }))],
    ['skips a chunk', 'WrongOffset', many(2, (i) => packet({ offset: i * 1024, sequence: i, data }))],
    ['begins at another offset', 'WrongOffset', readResponse(1024)],
    ['names no checksum', 'NoChecksum', response()],
    [
      'has checksums of zero bytes',
      'UnknownChecksum',
      readResponse(0, { type: ChecksumType.CRC32, bytesPerChecksum: 0 }),
    ],
    [
      'has checksums of a gigabyte',
      'UnknownChecksum',
      readResponse(0, { type: ChecksumType.CRC32, bytesPerChecksum: 2 ** 30 }),
    ],
    [
      'has a packet of a gigabyte',
      'WrongLength',
      many(1, () => packet({ offset: 0, sequence: 0, data, packetLength: 2 ** 30 })),
    ],
    [
      'has a packet with a gigabyte of data',
      'WrongLength',
      many(1, () => packet({ offset: 0, sequence: 0, data, dataLength: 2 ** 30 })),
    ],
    [
      'has a packet of negative length',
      'WrongLength',
      many(1, () => packet({ offset: 0, sequence: 0, data: noData, dataLength: -1 })),
    ],
    [
      'has a packet shorter than its length',
      'WrongLength',
      many(1, () => packet({ offset: 0, sequence: 0, data, packetLength: 0 })),
    ],
    [
      'has checksums of another length',
      'WrongLength',
      many(1, () => packet({ offset: 0, sequence: 0, data, sums: Buffer.alloc(5) })),
    ],
    ['has a packet without a header', 'FieldMissing', many(1, () => Buffer.from([0, 0, 0, 4, 0, 0]))],
    ['has an answer of a gigabyte', 'TooLong', Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04])],
    ['has an answer of an endless length', 'EndlessVarint', Buffer.alloc(64, 0xff)],
    ['has an answer that is no message', 'NotAMessage', Buffer.from([3, 0x0f, 0x0f, 0x0f])],
    ['has an answer with an unknown status', 'FieldMissing', Buffer.from([2, 8, 99])],
  ])('%s, the read fails at once with a protocol error', async (_, reason, answer) => {
    everyNode(answer);
    const begunMs = performance.now();
    await expect(read(0, 1_000)).rejects.toEqual(fail('protocol', reason));
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    await until(() => hdfs.connectedToDataNodes === 0, { what: 'the connections are closed' });
  });

  test.each<[string, Buffer | undefined]>([
    ['is silent', undefined],
    ['stops in its answer', response().subarray(0, 1)],
    [
      'stops in a packet',
      Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, data })]).subarray(0, 300),
    ],
    ['never ends', Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, data })])],
  ])('%s, the read times out', async (_, answer) => {
    everyNode(answer);
    await expect(read(0, 512, 100)).rejects.toEqual(fail('connection', 'ETIMEDOUT'));
  });

  test('sends its answer byte by byte, the read succeeds', async () => {
    for (const node of hdfs.dataNodes) {
      node.script = { read: (operation, whole, socket) => void drip(socket, goodRead(operation, whole)) };
    }
    expect((await read(1_000, 1_999)).equals(content.subarray(1_000, 2_999))).toBe(true);
  });

  test('sends its answer byte by byte and too slowly, the read times out', async () => {
    const slowly = Buffer.concat([readResponse(), packet({ offset: 0, sequence: 0, data })]);
    for (const node of hdfs.dataNodes) {
      node.script = { read: (_, __, socket) => void drip(socket, slowly, 10) };
    }
    await expect(read(0, 512, 100)).rejects.toEqual(fail('connection', 'ETIMEDOUT'));
  });
});
