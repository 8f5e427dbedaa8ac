import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BlockOwner } from './block/block-owner.ts';
import { BlockWriter } from './block/block-writer.ts';
import {
  ChecksumType,
  type ExtendedBlockValid,
  type FsServerDefaultsValid,
  type HdfsFileStatusValid,
} from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import { Lease } from './lease.ts';
import type { RpcClient } from './rpc/client.ts';
import { ChunkChecksum } from './transfer/checksum.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { ByteQueue } from './wire/byte-queue.ts';
import { HdfsError, protocolError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;

export interface WriterOptions extends DataNodeOptions {
  readonly rpc: RpcClient;
  readonly defaults: FsServerDefaultsValid;
  readonly sync: boolean;
}

/** How long its blocks are, the NameNode says. */
type Owner = Omit<BlockOwner, 'blockBytes'>;

/** `CreateFlag.CREATE` of hadoop-common: never over a file that is there. */
const CREATE_FLAG = 0x01;
/** `CreateFlag.APPEND` and `NEW_BLOCK`. */
const APPEND_FLAG = 0x04;
const NEW_BLOCK_FLAG = 0x20;
const FILE_PERMISSION = 0o644;
/** Whoever lists the file is told its length so long after the last write, and with each renewal of the lease while writes go on. */
const IDLE_MS = 1_000;
/** The NameNode hears of a block's replicas from the DataNodes, a moment after the client does. */
const COMPLETE_PAUSE_MS = { first: 2, last: 200 };

/**
 * A file that is open for writing to its end: its lease, and its last block. One call at a time; the first that rejects
 * ends the writer, and what it had under way is known only after a recovery of the lease.
 */
export class FileWriter {
  readonly #owner: BlockOwner;
  readonly #blockBytes: number;
  readonly #lease: Lease;
  /** Since a write. */
  readonly #idle: NodeJS.Timeout;
  /** What the file ended with when it was opened. */
  readonly #last: ExtendedBlockValid | undefined;
  #block: BlockWriter | undefined;
  /** How much of which block the NameNode was told of. */
  #told: { readonly block: BlockWriter; readonly bytes: number } | undefined;
  /** The NameNode is being told: until then the last block must not be another one. */
  #telling: Promise<void> = Promise.resolve();
  #end: HdfsError | undefined;

  private constructor(owner: Owner, { blockSize }: HdfsFileStatusValid, last?: ExtendedBlockValid) {
    const { rpc, path, clientName } = owner;
    this.#blockBytes = Number(blockSize);
    this.#owner = { ...owner, blockBytes: this.#blockBytes };
    this.#last = last;
    this.#lease = new Lease({
      rpc,
      path,
      clientName,
      onRenewed: () => this.#tellLength(),
      onLost: (error) => this.#fail(error),
    });
    this.#idle = setTimeout(() => this.#tellLength(), IDLE_MS);
  }

  /** Makes a file, whose folder must be there and which must not. @throws {HdfsError} */
  static async create(path: string, options: WriterOptions): Promise<FileWriter> {
    const { rpc, defaults } = options;
    const owner = ownerOf(path, options);
    const { status } = await rpc.call(nameNode.create, {
      source: path,
      masked: { permission: FILE_PERMISSION },
      clientName: owner.clientName,
      flags: CREATE_FLAG,
      createParent: false,
      replication: defaults.replication,
      blockSize: defaults.blockSize,
    });
    return new FileWriter(owner, plainFile(path, status));
  }

  /**
   * Opens a file that nobody has open. What is written goes to a new block: the last one may have lost DataNodes, and none
   * can be added to it. @throws {HdfsError}
   */
  static async append(path: string, options: WriterOptions): Promise<FileWriter> {
    const owner = ownerOf(path, options);
    const request = { source: path, clientName: owner.clientName, flag: APPEND_FLAG | NEW_BLOCK_FLAG };
    const { block, status } = await owner.rpc.call(nameNode.append, request);
    return new FileWriter(owner, plainFile(path, status), block?.block);
  }

  /** Durable, and visible to every reader, once it resolves. @throws {HdfsError} */
  write(...data: readonly Buffer[]): Promise<void> {
    return this.#unlessEnded(async () => {
      const rest = new ByteQueue(data);
      while (rest.bytes > 0) {
        const block = await this.#blockWithRoom();
        await block.write(rest.take(this.#blockBytes - block.bytes));
      }
      this.#idle.refresh();
    });
  }

  /** The file is complete, and nobody's, once it resolves. @throws {HdfsError} */
  async close(): Promise<void> {
    await this.#unlessEnded(async () => {
      const last = await this.#finishBlock();
      await this.#complete(last && { last });
    });
    this.destroy();
  }

  /** Lets go, whatever is under way: the lease is left to who recovers it. */
  destroy(): void {
    this.#fail(new HdfsError('closed', 'Closed', `${this.#owner.path} is closed`));
  }

  /** One that has lost a DataNode is not gone on with: the next has as many as there should be, and the NameNode makes up for this one. */
  async #blockWithRoom(): Promise<BlockWriter> {
    const present = this.#block;
    if (present?.isWhole && present.bytes < this.#blockBytes) return present;
    const block = await BlockWriter.allocate(this.#owner, await this.#finishBlock());
    this.#block = block;
    if (!this.#end) return block;
    block.destroy();
    throw this.#end;
  }

  async #finishBlock(): Promise<ExtendedBlockValid | undefined> {
    const block = this.#block;
    if (block === undefined) return this.#last;
    // From here on nothing is to be told of it.
    this.#told = { block, bytes: block.bytes };
    await this.#telling;
    return block.finish();
  }

  async #complete(last: object | undefined): Promise<void> {
    const { rpc, path, clientName, timeoutMs } = this.#owner;
    const untilMs = performance.now() + timeoutMs;
    for (let pauseMs = COMPLETE_PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, COMPLETE_PAUSE_MS.last)) {
      const { result } = await rpc.call(nameNode.complete, { source: path, clientName, ...last });
      if (result) return;
      if (this.#end) throw this.#end;
      if (performance.now() > untilMs) {
        throw new HdfsError(
          'remote',
          'NotReplicated',
          `${path}: the last block has too few replicas to be complete`,
        );
      }
      await delay(pauseMs);
    }
  }

  /**
   * Of a block that is being written, the NameNode knows the length only where it is told. Whoever lists the file goes
   * by that.
   */
  #tellLength(): Promise<void> {
    const { rpc, path, clientName: client } = this.#owner;
    const block = this.#block;
    if (block === undefined || (this.#told?.block === block && this.#told.bytes === block.bytes))
      return this.#telling;
    const { bytes } = block;
    const asked = rpc.callOnce(nameNode.fsync, { source: path, client, lastBlockLength: BigInt(bytes) });
    this.#told = { block, bytes };
    // One that is still on its way would cut what is written meanwhile from a block that is complete.
    this.#telling = asked.then(ignore, (error) => {
      if (error instanceof HdfsError && error.kind !== 'remote') this.#fail(error);
    });
    return this.#telling;
  }

  async #unlessEnded(work: () => Promise<void>): Promise<void> {
    if (this.#end) throw this.#end;
    try {
      await work();
    } catch (error) {
      if (error instanceof HdfsError) this.#fail(error);
      throw this.#end ?? error;
    }
  }

  #fail(error: HdfsError): void {
    this.#end ??= error;
    this.#lease.end();
    clearTimeout(this.#idle);
    this.#block?.destroy();
  }
}

const ignore = (): void => undefined;

/** A name of its own for each file, so that each has a lease of its own. */
function ownerOf(path: string, { defaults, ...options }: WriterOptions): Owner {
  const { bytesPerChecksum, checksumType } = defaults;
  const checksum = new ChunkChecksum({ bytesPerChecksum, type: checksumType ?? ChecksumType.CRC32 });
  return { ...options, path, clientName: `node-hdfs-${randomUUID()}`, checksum };
}

/** @throws {HdfsError} where blocks of this file are not written by a pipeline */
function plainFile(path: string, status: HdfsFileStatusValid | undefined): HdfsFileStatusValid {
  if (!status)
    throw new HdfsError('protocol', 'NoFileStatus', `${path}: the NameNode says nothing of the file`);
  if (status.blockSize < 1n) throw protocolError(path, 'NoBlockSize');
  if (status.erasureCodingPolicy === undefined) return status;
  throw new HdfsError(
    'remote',
    'UnsupportedOperationException',
    `${path} is erasure-coded, and cannot be flushed`,
  );
}
