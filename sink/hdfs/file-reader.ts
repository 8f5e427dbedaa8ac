import { type BlockRange, readBlock } from './data/block-reader.ts';
import type { DataNodeOptions } from './data/data-node.ts';
import { HdfsError } from './errors.ts';
import type { LocatedBlocksValid, LocatedBlockValid } from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';

/** A part of a file. */
export interface FileRange {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/**
 * Exactly these bytes of a file.
 * @throws {HdfsError} also where it has fewer
 */
export async function readFile(
  rpc: RpcClient,
  { path, at, bytes }: FileRange,
  options: DataNodeOptions,
): Promise<Buffer> {
  const range = { source: path, offset: BigInt(at), length: BigInt(bytes) };
  const { locations } = await rpc.call(ClientNamenodeProtocol.method.getBlockLocations, range);
  if (!locations) throw new HdfsError('remote', 'FileNotFoundException', `${path} is not there`);
  const parts: Buffer[] = [];
  for (const part of extents(locations).flatMap((extent) => overlap(extent, at, at + bytes) ?? [])) {
    parts.push(await readBlock(part, options));
  }
  const read = Buffer.concat(parts);
  if (read.length === bytes) return read;
  throw new HdfsError('remote', 'ShortRead', `${path} at ${at}: ${read.length} of ${bytes} bytes`);
}

interface Extent {
  readonly block: LocatedBlockValid;
  readonly end: number;
}

/** How long a block under construction is, only its DataNodes know. */
function extents({ blocks, lastBlock, isLastBlockComplete }: LocatedBlocksValid): Extent[] {
  const open = lastBlock !== undefined && !isLastBlockComplete ? lastBlock : undefined;
  const complete = blocks.filter(({ block }) => block.blockId !== open?.block.blockId);
  return [
    ...complete.map((block) => ({ block, end: Number(block.offset + block.block.bytes) })),
    ...(open ? [{ block: open, end: Number.POSITIVE_INFINITY }] : []),
  ];
}

function overlap({ block, end }: Extent, from: number, to: number): BlockRange | undefined {
  const begin = Number(block.offset);
  const first = Math.max(begin, from);
  const bytes = Math.min(end, to) - first;
  return bytes > 0 ? { block, offset: first - begin, bytes } : undefined;
}
