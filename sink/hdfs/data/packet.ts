import { create, toBinary } from '@bufbuild/protobuf';
import { nonsense } from '../errors.ts';
import { PacketHeaderSchema, type PacketHeaderValid } from '../generated/data-transfer_pb.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { decode } from '../wire/delimited.ts';
import type { ChunkChecksum } from './checksum.ts';

/** The length of everything but the header, which counts itself, and the header's own length. */
const LENGTHS_BYTES = 4 + 2;
/** `PacketReceiver.MAX_PACKET_SIZE`: a longer one is refused by DataNodes too. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

/** A piece of a block on its way to it. */
export interface Packet {
  /** Where in the block its data begin. */
  readonly offset: number;
  /** Counted from 0 in each block; -1 is a sign of life. */
  readonly sequence: number;
  readonly data: Buffer;
  /** Ends the block; it has no data then. */
  readonly last: boolean;
  /** Whether the DataNodes are to bring it to their disks before they acknowledge it. */
  readonly sync: boolean;
}

/**
 * A packet as it is sent: two lengths, the header, the checksums, the data.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/protocol/datatransfer/PacketHeader.java
 */
export function encodePacket(packet: Packet, checksum: ChunkChecksum): Buffer[] {
  const { offset, sequence, data, last, sync } = packet;
  const header = toBinary(
    PacketHeaderSchema,
    create(PacketHeaderSchema, {
      offsetInBlock: BigInt(offset),
      sequenceNumber: BigInt(sequence),
      lastPacketInBlock: last,
      dataLength: data.length,
      ...(sync && { syncBlock: true }),
    }),
  );
  const sums = checksum.of(data);
  const lengths = Buffer.allocUnsafe(LENGTHS_BYTES);
  lengths.writeUInt32BE(4 + sums.length + data.length, 0);
  lengths.writeUInt16BE(header.length, 4);
  return [Buffer.concat([lengths, header, sums]), data];
}

export interface ReceivedPacket {
  readonly header: PacketHeaderValid;
  readonly data: Buffer;
}

/** @throws {HdfsError} `lost`, or `nonsense`, also where the data do not fit their checksums */
export async function receivePacket(reader: ByteReader, checksum: ChunkChecksum): Promise<ReceivedPacket> {
  const lengths = await reader.read(LENGTHS_BYTES);
  const bodyBytes = lengths.readUInt32BE(0) - 4;
  const header = decode(PacketHeaderSchema, await reader.read(lengths.readUInt16BE(4)));
  const sumsBytes = checksum.lengthFor(header.dataLength);
  if (bodyBytes > MAX_PACKET_BYTES || header.dataLength < 0 || bodyBytes !== sumsBytes + header.dataLength) {
    throw nonsense('packet', `Of${bodyBytes}BytesWith${header.dataLength}OfData`);
  }
  const body = await reader.read(bodyBytes);
  const data = body.subarray(sumsBytes);
  if (!checksum.fits(data, body.subarray(0, sumsBytes))) throw nonsense('packet', 'WrongChecksum');
  return { header, data };
}
