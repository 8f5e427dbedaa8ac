import { toBinary } from '@bufbuild/protobuf';
import { PacketHeaderSchema, type PacketHeaderValid } from '../../../sink/hdfs/generated/data-transfer_pb.ts';
import type { ChunkChecksum } from '../../../sink/hdfs/transfer/checksum.ts';
import type { ByteReader } from '../../../sink/hdfs/wire/byte-reader.ts';
import { decode } from '../../../sink/hdfs/wire/delimited.ts';

/** A packet on its way into a pipeline: its bytes, and the fields in them. */
export interface BlockPacket {
  readonly bytes: Buffer;
  readonly header: PacketHeaderValid;
  readonly data: Buffer;
}

/** The length of all but the header, which counts these four bytes, and the header's length. */
const LENGTHS_BYTES = 6;

export async function readPacket(reader: ByteReader): Promise<BlockPacket> {
  const lengths = await reader.read(LENGTHS_BYTES);
  const headerBytes = await reader.read(lengths.readUInt16BE(4));
  const body = await reader.read(lengths.readUInt32BE(0) - 4);
  const header = decode(PacketHeaderSchema, headerBytes);
  const data = body.subarray(body.length - header.dataLength);
  return { bytes: Buffer.concat([lengths, headerBytes, body]), header, data };
}

/** A packet with only the first bytes of the data, as the client would have encoded it. */
export function shortened({ header, data }: BlockPacket, bytes: number, checksum: ChunkChecksum): Buffer {
  const part = data.subarray(0, bytes);
  const headerBytes = toBinary(PacketHeaderSchema, { ...header, dataLength: part.length });
  const sums = checksum.of(part);
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32BE(4 + sums.length + part.length, 0);
  lengths.writeUInt16BE(headerBytes.length, 4);
  return Buffer.concat([lengths, headerBytes, sums, part]);
}
