import { toBinary } from '@bufbuild/protobuf';
import { PacketHeaderSchema, type PacketHeaderValid } from '../../../sink/hdfs/generated/data-transfer_pb.ts';
import type { ChunkChecksum } from '../../../sink/hdfs/transfer/checksum.ts';
import type { ByteReader } from '../../../sink/hdfs/wire/byte-reader.ts';
import { decode } from '../../../sink/hdfs/wire/delimited.ts';

/** A packet on its way into a pipeline, as it came and as it reads. */
export interface BlockPacket {
  readonly bytes: Buffer;
  readonly header: PacketHeaderValid;
  readonly data: Buffer;
}

/** The length of everything but the header, which counts itself, and the header's own length. */
const LENGTHS_BYTES = 6;

export async function readPacket(reader: ByteReader): Promise<BlockPacket> {
  const lengths = await reader.read(LENGTHS_BYTES);
  const headerBytes = await reader.read(lengths.readUInt16BE(4));
  const body = await reader.read(lengths.readUInt32BE(0) - 4);
  const header = decode(PacketHeaderSchema, headerBytes);
  const data = body.subarray(body.length - header.dataLength);
  return { bytes: Buffer.concat([lengths, headerBytes, body]), header, data };
}

/** A packet with the first of another one's data, as it would be if the client had divided them so. */
export function shortened({ header, data }: BlockPacket, bytes: number, checksum: ChunkChecksum): Buffer {
  const part = data.subarray(0, bytes);
  const headerBytes = toBinary(PacketHeaderSchema, { ...header, dataLength: part.length });
  const sums = checksum.of(part);
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32BE(4 + sums.length + part.length, 0);
  lengths.writeUInt16BE(headerBytes.length, 4);
  return Buffer.concat([lengths, headerBytes, sums, part]);
}
