import { crc32 } from 'node:zlib';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  BlockOpResponseSchema,
  PacketHeaderSchema,
  PipelineAckSchema,
  Status,
} from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import { ChecksumType } from '../../../../sink/hdfs/generated/hdfs_pb.ts';
import { delimitedBytes } from './fake-name-node.ts';

export const BYTES_PER_CHECKSUM = 512;
export const CHECKSUM = { type: ChecksumType.CRC32, bytesPerChecksum: BYTES_PER_CHECKSUM };

/** The answer of a DataNode to an operation. */
export function response(
  init: MessageInitShape<typeof BlockOpResponseSchema> = { status: Status.SUCCESS },
): Buffer {
  return Buffer.from(delimitedBytes(BlockOpResponseSchema, init));
}

/** The answer to a read whose first packet begins at this offset. */
export function readResponse(chunkOffset = 0, checksum = CHECKSUM): Buffer {
  const readOpChecksumInfo = { checksum, chunkOffset: BigInt(chunkOffset) };
  return response({ status: Status.SUCCESS, readOpChecksumInfo });
}

export function acknowledgement(sequence: number, replies: readonly Status[]): Buffer {
  return Buffer.from(
    delimitedBytes(PipelineAckSchema, { sequenceNumber: BigInt(sequence), replies: [...replies] }),
  );
}

export interface PacketInit {
  readonly offset: number;
  readonly sequence: number;
  readonly data?: Buffer;
  readonly last?: boolean;
  readonly sums?: Buffer;
  /** Replaces the correct value. */
  readonly dataLength?: number;
  readonly packetLength?: number;
}

export function packet({
  offset,
  sequence,
  data = Buffer.alloc(0),
  last = false,
  ...init
}: PacketInit): Buffer {
  const sums = init.sums ?? sumsOf(data);
  const header = toBinary(
    PacketHeaderSchema,
    create(PacketHeaderSchema, {
      offsetInBlock: BigInt(offset),
      sequenceNumber: BigInt(sequence),
      lastPacketInBlock: last,
      dataLength: init.dataLength ?? data.length,
    }),
  );
  const lengths = Buffer.alloc(6);
  lengths.writeUInt32BE(init.packetLength ?? 4 + sums.length + data.length, 0);
  lengths.writeUInt16BE(header.length, 4);
  return Buffer.concat([lengths, header, sums, data]);
}

export function sumsOf(data: Buffer): Buffer {
  const sums: Buffer[] = [];
  for (let at = 0; at < data.length; at += BYTES_PER_CHECKSUM) {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(data.subarray(at, at + BYTES_PER_CHECKSUM)));
    sums.push(sum);
  }
  return Buffer.concat(sums);
}
