import { ClientReadStatusSchema, OpReadBlockSchema, Status } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfo, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ChunkChecksum } from '../transfer/checksum.ts';
import { type DataNodeOptions, OP, type StartedOperation, startOperation } from '../transfer/data-node.ts';
import { receivePacket } from '../transfer/packet.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { withDeadline } from '../wire/connect.ts';
import { delimited } from '../wire/delimited.ts';
import { HdfsError, protocolError } from '../wire/errors.ts';

export interface BlockRange {
  readonly block: LocatedBlockValid;
  /** Where in the block the range begins, bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Reads exactly these bytes of a block, and verifies their checksums. It asks one DataNode after
 * the other until one of them has the bytes.
 *
 * @throws {HdfsError} the failure of the last DataNode
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
  const request = { schema: OpReadBlockSchema, message, login };
  const operation = await startOperation(node, OP.readBlock, request, options);
  const { socket } = operation;
  const what = `reading block ${block.block.blockId}`;
  try {
    return await withDeadline(socket, { what, timeoutMs: options.timeoutMs }, () =>
      receive(operation, range),
    );
  } finally {
    socket.destroySoon();
  }
}

/**
 * Receives the packets of a read. The first packet begins at the start of the chunk with the first
 * byte, and an empty packet comes last. The client then confirms the checksums.
 */
async function receive({ socket, reader, response }: StartedOperation, range: BlockRange): Promise<Buffer> {
  const info = response.readOpChecksumInfo;
  if (info === undefined) throw protocolError('readBlock', 'NoChecksum');
  const checksum = new ChunkChecksum(info.checksum);
  const { bytesPerChecksum } = checksum.kind;
  const skipped = range.offset - Number(info.chunkOffset);
  if (skipped < 0 || skipped >= bytesPerChecksum) throw protocolError('readBlock', 'WrongOffset');
  const data = await receiveData(reader, checksum, {
    offset: info.chunkOffset,
    // More than the range may come, up to the end of the last chunk.
    maxBytes: skipped + range.bytes + bytesPerChecksum,
  });
  socket.write(delimited(ClientReadStatusSchema, { status: Status.CHECKSUM_OK }));
  const read = data.subarray(skipped, skipped + range.bytes);
  if (read.length === range.bytes) return read;
  throw new HdfsError('remote', 'ShortRead', `${read.length} of ${range.bytes} bytes`);
}

/** The data of all packets up to the last one, which is empty. @throws {HdfsError} */
async function receiveData(
  reader: ByteReader,
  checksum: ChunkChecksum,
  { offset, maxBytes }: { readonly offset: bigint; readonly maxBytes: number },
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let received = 0; ; ) {
    const { header, data } = await receivePacket(reader, checksum);
    if (header.lastPacketInBlock !== (data.length === 0)) throw protocolError('readBlock', 'WrongEnd');
    if (header.lastPacketInBlock) return Buffer.concat(parts);
    if (header.offsetInBlock !== offset + BigInt(received)) throw protocolError('readBlock', 'WrongOffset');
    received += data.length;
    if (received > maxBytes) throw protocolError('readBlock', 'TooMuch');
    parts.push(data);
  }
}
