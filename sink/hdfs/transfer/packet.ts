import { PacketHeaderSchema, type PacketHeaderValid } from '../generated/data-transfer_pb.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { decode } from '../wire/delimited.ts';
import { protocolError } from '../wire/errors.ts';
import type { ChunkChecksum } from './checksum.ts';

/** The length of all but the header, which counts these four bytes, and the header's length. */
const LENGTHS_BYTES = 4 + 2;
/** All fields, as Hadoop's client writes them. The last field is optional. */
const HEADER_BYTES = 1 + 8 + 1 + 8 + 1 + 1 + 1 + 4 + 1 + 1;
/** `PacketReceiver.MAX_PACKET_SIZE`: DataNodes refuse longer packets too. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

/** A part of a block, encoded. */
export interface Packet {
  /** Where in the block the data begin, bytes. */
  readonly offset: number;
  /** Counted from 0 in each block; -1 is a heartbeat. */
  readonly sequence: number;
  /** The length of the data. */
  readonly bytes: number;
  /** The whole packet as it is sent. */
  readonly frame: Buffer;
}

export interface PacketContent {
  readonly offset: number;
  readonly sequence: number;
  /** The data, in order. */
  readonly data: readonly Buffer[];
  /** Whether this packet ends the block. It has no data then. */
  readonly last: boolean;
  /** Whether DataNodes write the block to their disks before they acknowledge the packet. */
  readonly sync: boolean;
}

/**
 * Encodes a packet into one buffer, so that it costs one write: two lengths, the header, the
 * checksums, and a copy of the data.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/protocol/datatransfer/PacketHeader.java
 */
export function encodePacket(content: PacketContent, checksum: ChunkChecksum): Packet {
  const { offset, sequence } = content;
  const bytes = content.data.reduce((sum, { length }) => sum + length, 0);
  const sumsBytes = checksum.lengthFor(bytes);
  const frame = Buffer.allocUnsafe(LENGTHS_BYTES + HEADER_BYTES + sumsBytes + bytes);
  frame.writeUInt32BE(4 + sumsBytes + bytes, 0);
  frame.writeUInt16BE(HEADER_BYTES, 4);
  writeHeader(frame, content, bytes);
  const data = frame.subarray(frame.length - bytes);
  let at = 0;
  for (const part of content.data) at += part.copy(data, at);
  checksum.of(data, frame.subarray(LENGTHS_BYTES + HEADER_BYTES, frame.length - bytes));
  return { offset, sequence, bytes, frame };
}

/**
 * Encodes a PacketHeader by hand, because one is written with each flush. All of its fields are of
 * fixed size. Each field is a byte with its number and type, then its value, little-endian.
 *
 * https://protobuf.dev/programming-guides/encoding/
 */
function writeHeader(frame: Buffer, { offset, sequence, last, sync }: PacketContent, bytes: number): void {
  let at = LENGTHS_BYTES;
  at = frame.writeUInt8(0x09, at);
  at = frame.writeBigInt64LE(BigInt(offset), at);
  at = frame.writeUInt8(0x11, at);
  at = frame.writeBigInt64LE(BigInt(sequence), at);
  at = frame.writeUInt8(0x18, at);
  at = frame.writeUInt8(Number(last), at);
  at = frame.writeUInt8(0x25, at);
  at = frame.writeInt32LE(bytes, at);
  at = frame.writeUInt8(0x28, at);
  frame.writeUInt8(Number(sync), at);
}

export interface ReceivedPacket {
  readonly header: PacketHeaderValid;
  readonly data: Buffer;
}

/** @throws {HdfsError} `connection`; `protocol` also where the data do not match the checksums */
export async function receivePacket(reader: ByteReader, checksum: ChunkChecksum): Promise<ReceivedPacket> {
  const lengths = await reader.read(LENGTHS_BYTES);
  const bodyBytes = lengths.readUInt32BE(0) - 4;
  const header = decode(PacketHeaderSchema, await reader.read(lengths.readUInt16BE(4)));
  const sumsBytes = checksum.lengthFor(header.dataLength);
  if (bodyBytes > MAX_PACKET_BYTES || header.dataLength < 0 || bodyBytes !== sumsBytes + header.dataLength) {
    throw protocolError(`packet of ${bodyBytes} bytes with ${header.dataLength} of data`, 'WrongLength');
  }
  const body = await reader.read(bodyBytes);
  const data = body.subarray(sumsBytes);
  if (!checksum.matches(data, body.subarray(0, sumsBytes))) throw protocolError('packet', 'WrongChecksum');
  return { header, data };
}
