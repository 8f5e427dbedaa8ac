import { type BlockRange, readBlock } from './block/block-reader.ts';
import { type ReplicaLengthOptions, replicaLength } from './block/replica-length.ts';
import type { LocatedBlocksValid, LocatedBlockValid } from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';
import { refuseSpecialFile } from './special-file.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { HdfsError } from './wire/errors.ts';

const { getBlockLocations } = ClientNamenodeProtocol.method;
/** Longer than any file, bytes. */
const MAX_LENGTH = 2n ** 62n;

/** A range of a file. */
export interface FileRange {
  readonly path: string;
  /** Where the range begins, bytes. */
  readonly at: number;
  /** The length of the range. */
  readonly bytes: number;
}

/**
 * Reads exactly this range of a file.
 *
 * @throws {HdfsError} also where the file is shorter, encrypted or erasure-coded
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

/** The blocks of a file, and the DataNodes of each. @throws {HdfsError} */
export function locateAll(rpc: RpcClient, path: string): Promise<LocatedBlocksValid> {
  return locate(rpc, { source: path, offset: 0n, length: MAX_LENGTH });
}

/**
 * How much of a file a reader finds, bytes. It includes the acknowledged length of a last block
 * that is under construction.
 *
 * @throws {HdfsError}
 */
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
  if (!locations) throw new HdfsError('remote', 'FileNotFoundException', `${range.source} is not there`);
  refuseSpecialFile(range.source, locations);
  return locations;
}

interface Extent {
  readonly block: LocatedBlockValid;
  readonly end: number;
}

/**
 * Where each block ends in the file. The end of a block under construction is open, because only
 * its DataNodes know its length.
 */
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
