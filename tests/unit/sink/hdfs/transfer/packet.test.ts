import { fromBinary } from '@bufbuild/protobuf';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketHeaderSchema } from '../../../../../sink/hdfs/generated/data-transfer_pb.ts';
import { ChecksumType } from '../../../../../sink/hdfs/generated/hdfs_pb.ts';
import { ChunkChecksum } from '../../../../../sink/hdfs/transfer/checksum.ts';
import { encodePacket } from '../../../../../sink/hdfs/transfer/packet.ts';

const checksum = new ChunkChecksum({ type: ChecksumType.CRC32C, bytesPerChecksum: 512 });

test('protobuf-es decodes the header of a packet, which is encoded by hand', () => {
  const content = fc.record({
    offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    sequence: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
    data: fc.array(fc.uint8Array({ maxLength: 1_000 }).map(Buffer.from)),
    last: fc.boolean(),
    sync: fc.boolean(),
  });
  fc.assert(
    fc.property(content, (packet) => {
      const { frame, bytes } = encodePacket(packet, checksum);
      const end = 6 + frame.readUInt16BE(4);
      expect(fromBinary(PacketHeaderSchema, frame.subarray(6, end))).toMatchObject({
        offsetInBlock: BigInt(packet.offset),
        sequenceNumber: BigInt(packet.sequence),
        lastPacketInBlock: packet.last,
        dataLength: bytes,
        syncBlock: packet.sync,
      });
    }),
  );
});

test('a packet has the checksum of each chunk, then the data from any number of buffers', () => {
  const data = Buffer.from('x'.repeat(500) + 'y'.repeat(600));
  const parts = [data.subarray(0, 3), data.subarray(3, 700), Buffer.alloc(0), data.subarray(700)];
  const packet = { offset: 0, sequence: 0, data: parts, last: false, sync: false };
  const { frame, bytes } = encodePacket(packet, checksum);
  const body = frame.subarray(6 + frame.readUInt16BE(4));
  const sums = [0, 512, 1024].map((at) => crc32c(data.subarray(at, at + 512)));
  expect(bytes).toBe(1_100);
  expect(frame.readUInt32BE(0)).toBe(4 + body.length);
  expect([0, 4, 8].map((at) => body.readUInt32BE(at))).toEqual(sums);
  expect(body.subarray(12).equals(data)).toBe(true);
});
