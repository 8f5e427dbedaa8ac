import { ClientReadStatusSchema, OpReadBlockSchema, Status } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfo, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ChunkChecksum } from '../transfer/checksum.ts';
import { ask, type Conversation, type DataNodeOptions, OP } from '../transfer/data-node.ts';
import { receivePacket } from '../transfer/packet.ts';
import { withDeadline } from '../wire/connect.ts';
import { delimited } from '../wire/delimited.ts';
import { HdfsError, protocolError } from '../wire/errors.ts';

export interface BlockRange {
  readonly block: LocatedBlockValid;
  /** Within the block. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Exactly these bytes of a block, held against their checksums, from the first DataNode that has them.
 * @throws {HdfsError} that of the last DataNode
 */
export async function readBlock(range: BlockRange, options: DataNodeOptions): Promise<Buffer> {
  let failure = new HdfsError('remote', 'BlockMissingException', 'no DataNode has the block');
  for (const node of range.block.locations) {
    try {
      return await readFrom(node, range, options);
    } catch (error) {
      if (!(error instanceof HdfsError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function readFrom(node: DatanodeInfo, range: BlockRange, options: DataNodeOptions): Promise<Buffer> {
  const { block, offset, bytes } = range;
  const message = {
    header: { base: { block: block.block, token: block.token }, clientName: 'reader' },
    offset: BigInt(offset),
    length: BigInt(bytes),
  };
  const login = await options.loginFor?.(node, block.token);
  const conversation = await ask(node, OP.readBlock, { schema: OpReadBlockSchema, message, login }, options);
  const { socket } = conversation;
  const what = `reading block ${block.block.blockId}`;
  try {
    return await withDeadline(socket, { what, timeoutMs: options.timeoutMs }, () =>
      receive(conversation, range),
    );
  } finally {
    socket.destroySoon();
  }
}

/** The first packet begins with the chunk that has the first byte; an empty one comes last, and wants a word of thanks. */
async function receive({ socket, reader, response }: Conversation, range: BlockRange): Promise<Buffer> {
  const info = response.readOpChecksumInfo;
  if (info === undefined) throw protocolError('readBlock', 'NoChecksum');
  const checksum = new ChunkChecksum(info.checksum);
  const skipped = range.offset - Number(info.chunkOffset);
  if (skipped < 0 || skipped >= checksum.kind.bytesPerChecksum)
    throw protocolError('readBlock', 'WrongOffset');
  const parts: Buffer[] = [];
  // Up to the end of the last chunk, more than is asked for may come.
  const most = skipped + range.bytes + checksum.kind.bytesPerChecksum;
  for (let received = 0; ; ) {
    const { header, data } = await receivePacket(reader, checksum);
    if (header.lastPacketInBlock !== (data.length === 0)) throw protocolError('readBlock', 'WrongEnd');
    if (header.lastPacketInBlock) break;
    if (header.offsetInBlock !== info.chunkOffset + BigInt(received))
      throw protocolError('readBlock', 'WrongOffset');
    received += data.length;
    if (received > most) throw protocolError('readBlock', 'TooMuch');
    parts.push(data);
  }
  socket.write(delimited(ClientReadStatusSchema, { status: Status.CHECKSUM_OK }));
  const read = Buffer.concat(parts).subarray(skipped, skipped + range.bytes);
  if (read.length < range.bytes)
    throw new HdfsError('remote', 'ShortRead', `${read.length} of ${range.bytes} bytes`);
  return read;
}
