import { type BlockRange, readBlock } from './block/block-reader.ts';
import { type ReplicaLengthOptions, replicaLength } from './block/replica-length.ts';
import type { LocatedBlocksValid, LocatedBlockValid } from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { HdfsError } from './wire/errors.ts';

const { getBlockLocations } = ClientNamenodeProtocol.method;
/** Beyond the end of any file. */
const MAX_LENGTH = 2n ** 62n;

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
  const locations = await locate(rpc, range);
  const parts: Buffer[] = [];
  for (const part of extents(locations).flatMap((extent) => overlap(extent, at, at + bytes) ?? [])) {
    parts.push(await readBlock(part, options));
  }
  const read = Buffer.concat(parts);
  if (read.length === bytes) return read;
  throw new HdfsError('remote', 'ShortRead', `${path} at ${at}: ${read.length} of ${bytes} bytes`);
}

/** The blocks of a file and their DataNodes. @throws {HdfsError} */
export function locateAll(rpc: RpcClient, path: string): Promise<LocatedBlocksValid> {
  return locate(rpc, { source: path, offset: 0n, length: MAX_LENGTH });
}

/** How much of a file a reader finds, bytes, what its writer was acknowledged of a last block included. @throws {HdfsError} */
export async function readableBytes(
  rpc: RpcClient,
  path: string,
  options: ReplicaLengthOptions,
): Promise<number> {
  const { fileBytes, lastBlock, isLastBlockComplete } = await locateAll(rpc, path);
  if (lastBlock === undefined || isLastBlockComplete) return Number(fileBytes);
  return Number(fileBytes + (await replicaLength(lastBlock, options)));
}

async function locate(
  rpc: RpcClient,
  range: { readonly source: string; readonly offset: bigint; readonly length: bigint },
): Promise<LocatedBlocksValid> {
  const { locations } = await rpc.call(getBlockLocations, range);
  if (locations) return locations;
  throw new HdfsError('remote', 'FileNotFoundException', `${range.source} is not there`);
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
