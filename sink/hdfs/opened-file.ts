import { randomUUID } from 'node:crypto';
import type { BlockOwner } from './block/block-owner.ts';
import {
  ChecksumType,
  type ExtendedBlockValid,
  type FsServerDefaultsValid,
  type HdfsFileStatusValid,
} from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';
import { refuseSpecialFile } from './special-file.ts';
import { ChunkChecksum } from './transfer/checksum.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { HdfsError, protocolError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** `CreateFlag.CREATE` of hadoop-common: fails where the file exists. */
const CREATE_FLAG = 0x01;
/** `CreateFlag.APPEND` and `CreateFlag.NEW_BLOCK`. */
const APPEND_FLAG = 0x04;
const NEW_BLOCK_FLAG = 0x20;
const FILE_PERMISSION = 0o644;

export interface WriterOptions extends DataNodeOptions {
  readonly rpc: RpcClient;
  readonly defaults: FsServerDefaultsValid;
  readonly sync: boolean;
}

/** A file whose lease this client has just got. */
export interface OpenedFile {
  readonly owner: BlockOwner;
  /** The last block that the file had before; undefined where it was empty or new. */
  readonly lastBlock: ExtendedBlockValid | undefined;
}

/** Creates a file. Its folder must exist, and the file must not. @throws {HdfsError} */
export async function createFile(path: string, options: WriterOptions): Promise<OpenedFile> {
  const { rpc, defaults } = options;
  const clientName = newClientName();
  const { status } = await rpc.call(nameNode.create, {
    source: path,
    masked: { permission: FILE_PERMISSION },
    clientName,
    flags: CREATE_FLAG,
    createParent: false,
    replication: defaults.replication,
    blockSize: defaults.blockSize,
  });
  return openedFile({ path, clientName, status }, options);
}

/**
 * Opens a file for append. No client may have it open.
 *
 * Appended data begin in a new block. The last block may have lost DataNodes, and no DataNode can
 * be added to it.
 *
 * @throws {HdfsError}
 */
export async function reopenFile(path: string, options: WriterOptions): Promise<OpenedFile> {
  const clientName = newClientName();
  const request = { source: path, clientName, flag: APPEND_FLAG | NEW_BLOCK_FLAG };
  const { block, status } = await options.rpc.call(nameNode.append, request);
  return openedFile({ path, clientName, status }, options, block?.block);
}

/** Each open file has a name of its own, so that each has a lease of its own. */
const newClientName = (): string => `node-hdfs-${randomUUID()}`;

function openedFile(
  file: {
    readonly path: string;
    readonly clientName: string;
    readonly status: HdfsFileStatusValid | undefined;
  },
  { defaults, ...options }: WriterOptions,
  lastBlock?: ExtendedBlockValid,
): OpenedFile {
  const { path, clientName, status } = file;
  const { bytesPerChecksum, checksumType } = defaults;
  const checksum = new ChunkChecksum({ bytesPerChecksum, type: checksumType ?? ChecksumType.CRC32 });
  const blockBytes = blockBytesOf(path, status);
  return { owner: { ...options, path, clientName, checksum, blockBytes }, lastBlock };
}

/** @throws {HdfsError} also where this client does not write such a file */
function blockBytesOf(path: string, status: HdfsFileStatusValid | undefined): number {
  if (!status) {
    const message = `${path}: the NameNode returned no status of the file`;
    throw new HdfsError('protocol', 'NoFileStatus', message);
  }
  if (status.blockSize < 1n) throw protocolError(path, 'NoBlockSize');
  refuseSpecialFile(path, status);
  return Number(status.blockSize);
}
