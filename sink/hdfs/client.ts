import { type FileRange, locateAll, readableBytes, readFile } from './file-reader.ts';
import { FileWriter } from './file-writer.ts';
import type {
  FsServerDefaultsValid,
  HdfsFileStatusValid,
  LocatedBlockValid,
  QuotaUsageValid,
} from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import { createFile, reopenFile, type WriterOptions } from './opened-file.ts';
import { RpcClient, type RpcClientOptions } from './rpc/client.ts';
import { refuseSpecialFile } from './special-file.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { DataNodeLogins } from './transfer/data-node-logins.ts';
import { protocolError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;
const FOLDER_PERMISSION = 0o755;
const RECOVERER = 'node-hdfs-recoverer';

export interface HdfsClientOptions extends RpcClientOptions, Omit<DataNodeOptions, 'loginFor'> {
  /**
   * Whether a write that resolves is on the DataNodes' disks (hsync), not only in their memory
   * (hflush).
   */
  readonly sync: boolean;
  /**
   * Whether a client with a token speaks to DataNodes without SASL, also on ports from 1024 up.
   * `ignore.secure.ports.for.testing` of the cluster.
   */
  readonly plainDataNodes?: boolean;
}

/**
 * A client of HDFS that speaks its native protocols. It creates, appends to, recovers, reads,
 * lists, moves and deletes files.
 *
 * Every method rejects with an `HdfsError`. A call that is sent again counts once for the NameNode,
 * see `RpcClient`.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-common/filesystem/filesystem.html
 */
export class HdfsClient {
  readonly #options: HdfsClientOptions & DataNodeOptions;
  readonly #rpc: RpcClient;
  #defaults: Promise<FsServerDefaultsValid> | undefined;

  constructor(options: HdfsClientOptions) {
    this.#rpc = new RpcClient(options);
    const isEncrypted = async () => (await this.serverDefaults()).encryptDataTransfer;
    const dataNodeLogins = new DataNodeLogins({ ...options, rpc: this.#rpc, isEncrypted });
    this.#options = { ...options, loginFor: (node, block) => dataNodeLogins.of(node, block) };
  }

  /** The entries of a folder, by name; undefined where the folder does not exist. */
  async list(path: string): Promise<readonly HdfsFileStatusValid[] | undefined> {
    const found: HdfsFileStatusValid[] = [];
    for (;;) {
      const startAfter = found.at(-1)?.path ?? new Uint8Array();
      const { listing } = await this.#rpc.call(nameNode.getListing, {
        source: path,
        startAfter,
        needLocation: false,
      });
      if (!listing) return undefined;
      found.push(...listing.partial);
      const last = listing.partial.at(-1);
      if (listing.remainingEntries === 0 || last === undefined) return found;
      if (Buffer.compare(last.path, startAfter) === 0) throw protocolError(path, 'ListedTwice');
    }
  }

  /** The status of a file or folder; undefined where the path does not exist. */
  async status(path: string): Promise<HdfsFileStatusValid | undefined> {
    return (await this.#rpc.call(nameNode.getFileInfo, { source: path })).status;
  }

  /** Makes a folder and the folders above it. The folder may exist already. */
  async makeFolder(path: string): Promise<void> {
    const masked = { permission: FOLDER_PERMISSION };
    await this.#rpc.call(nameNode.mkdirs, { source: path, masked, createParent: true });
  }

  /**
   * Moves a file or folder to exactly this path, never into an existing folder. It replaces an
   * existing file only with `overwrite`.
   */
  async rename(source: string, destination: string, { overwrite = false } = {}): Promise<void> {
    await this.#rpc.call(nameNode.rename2, { source, destination, overwrite });
  }

  /** @param options.recursive whether a folder may have entries */
  async delete(path: string, { recursive = true } = {}): Promise<void> {
    await this.#rpc.call(nameNode.delete, { source: path, recursive });
  }

  /** The quota and the usage of a folder with everything below it. */
  async quotaUsage(path: string): Promise<QuotaUsageValid> {
    return (await this.#rpc.call(nameNode.getQuotaUsage, { path })).usage;
  }

  /** The blocks of a file, and the DataNodes of each. */
  async blocks(path: string): Promise<readonly LocatedBlockValid[]> {
    return (await locateAll(this.#rpc, path)).blocks;
  }

  /**
   * Cuts a closed file. Resolves with false where DataNodes still cut the last block; `isClosed`
   * tells when they are done.
   *
   * The client never sends this call again. Hadoop counts it as idempotent and keeps it out of the
   * retry cache. A late first call would cut data that were written after the second.
   */
  async truncate(path: string, bytes: number): Promise<boolean> {
    await this.#refuseSpecialFile(path);
    const request = { source: path, newLength: BigInt(bytes), clientName: RECOVERER };
    return (await this.#rpc.callOnce(nameNode.truncate, request)).result;
  }

  /**
   * Takes the lease of a file from the client that has it open. Resolves with true where the file
   * is closed already, with false where the recovery has begun.
   */
  async recoverLease(path: string): Promise<boolean> {
    return (await this.#rpc.call(nameNode.recoverLease, { source: path, clientName: RECOVERER })).result;
  }

  /** Whether the file is complete and no client has its lease. */
  async isClosed(path: string): Promise<boolean> {
    return (await this.#rpc.call(nameNode.isFileClosed, { source: path })).result;
  }

  /** How much of a file a reader finds, bytes. It also works for a file that is open. */
  readableBytes(path: string): Promise<number> {
    return readableBytes(this.#rpc, path, this.#options);
  }

  /** Reads exactly this range. @throws {HdfsError} `ShortRead` where the file is shorter */
  read(range: FileRange): Promise<Buffer> {
    return readFile(this.#rpc, range, this.#options);
  }

  /** Creates a file and opens it for append. Its folder must exist, and the file must not. */
  async create(path: string): Promise<FileWriter> {
    return new FileWriter(await createFile(path, await this.#writerOptions()));
  }

  /** Opens an existing file for append. No client may have it open. */
  async append(path: string): Promise<FileWriter> {
    await this.#refuseSpecialFile(path);
    return new FileWriter(await reopenFile(path, await this.#writerOptions()));
  }

  /** The NameNode's defaults. They are asked for once, as they do not change while it runs. */
  serverDefaults(): Promise<FsServerDefaultsValid> {
    this.#defaults ??= this.#rpc.call(nameNode.getServerDefaults, {}).then(
      ({ defaults }) => defaults,
      (error) => {
        this.#defaults = undefined;
        throw error;
      },
    );
    return this.#defaults;
  }

  /** Closes the connections to the NameNodes. It does not close files that are open. */
  close(): void {
    this.#rpc.close();
  }

  /** The NameNode itself would open, or cut, a file that this client must not change. */
  async #refuseSpecialFile(path: string): Promise<void> {
    const status = await this.status(path);
    if (status) refuseSpecialFile(path, status);
  }

  async #writerOptions(): Promise<WriterOptions> {
    return { ...this.#options, rpc: this.#rpc, defaults: await this.serverDefaults() };
  }
}
