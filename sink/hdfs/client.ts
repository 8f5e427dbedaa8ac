import { type FileRange, locateAll, readableBytes, readFile } from './file-reader.ts';
import { FileWriter } from './file-writer.ts';
import type {
  FsServerDefaultsValid,
  HdfsFileStatusValid,
  LocatedBlockValid,
  QuotaUsageValid,
} from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import { RpcClient, type RpcClientOptions } from './rpc/client.ts';
import type { DataNodeOptions } from './transfer/data-node.ts';
import { DataNodeLogins } from './transfer/data-node-logins.ts';
import { protocolError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;
const FOLDER_PERMISSION = 0o755;
const RECOVERER = 'node-hdfs-recoverer';

export interface HdfsClientOptions extends RpcClientOptions, Omit<DataNodeOptions, 'loginFor'> {
  /** Whether a write is on the DataNodes' disks once it resolves (hsync), and not in their memory only (hflush). */
  readonly sync: boolean;
  /** Whether DataNodes want no SASL from who has a token, on ports from 1024 up either: `ignore.secure.ports.for.testing`. */
  readonly plainDataNodes?: boolean;
}

/**
 * HDFS by its own protocols, as far as files are written to their ends, recovered, read and moved. Everything rejects
 * with an `HdfsError`. A call that was sent again is one and the same for the NameNode, see `RpcClient`.
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
    const logins = new DataNodeLogins({ ...options, rpc: this.#rpc, isEncrypted });
    this.#options = { ...options, loginFor: (node, block) => logins.of(node, block) };
  }

  /** What is in a folder, by name; undefined where there is none. */
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

  async status(path: string): Promise<HdfsFileStatusValid | undefined> {
    return (await this.#rpc.call(nameNode.getFileInfo, { source: path })).status;
  }

  /** With the folders above it; it may be there. */
  async makeFolder(path: string): Promise<void> {
    const masked = { permission: FOLDER_PERMISSION };
    await this.#rpc.call(nameNode.mkdirs, { source: path, masked, createParent: true });
  }

  /** Never into what is there, and onto it only where it may be overwritten. */
  async rename(source: string, destination: string, { overwrite = false } = {}): Promise<void> {
    await this.#rpc.call(nameNode.rename2, { source, destination, overwrite });
  }

  /** @param options.recursive whether a folder may have something in it */
  async delete(path: string, { recursive = true } = {}): Promise<void> {
    await this.#rpc.call(nameNode.delete, { source: path, recursive });
  }

  /** Of a folder and all that is below. */
  async quotaUsage(path: string): Promise<QuotaUsageValid> {
    return (await this.#rpc.call(nameNode.getQuotaUsage, { path })).usage;
  }

  /** The blocks of a file and their DataNodes. */
  async blocks(path: string): Promise<readonly LocatedBlockValid[]> {
    return (await locateAll(this.#rpc, path)).blocks;
  }

  /**
   * False while the last block is being cut in the background. Hadoop calls it idempotent, and keeps it out of the retry cache:
   * one that comes late would cut what was written after its repetition.
   */
  async truncate(path: string, bytes: number): Promise<boolean> {
    const request = { source: path, newLength: BigInt(bytes), clientName: RECOVERER };
    return (await this.#rpc.callOnce(nameNode.truncate, request)).result;
  }

  /** Takes a file from whoever has it open. True where nobody has, else the recovery has begun. */
  async recoverLease(path: string): Promise<boolean> {
    return (await this.#rpc.call(nameNode.recoverLease, { source: path, clientName: RECOVERER })).result;
  }

  async isClosed(path: string): Promise<boolean> {
    return (await this.#rpc.call(nameNode.isFileClosed, { source: path })).result;
  }

  /** How much of a file a reader finds, bytes, of one too that somebody has open. */
  readableBytes(path: string): Promise<number> {
    return readableBytes(this.#rpc, path, this.#options);
  }

  read(range: FileRange): Promise<Buffer> {
    return readFile(this.#rpc, range, this.#options);
  }

  async create(path: string): Promise<FileWriter> {
    return FileWriter.create(path, await this.#writer());
  }

  async append(path: string): Promise<FileWriter> {
    return FileWriter.append(path, await this.#writer());
  }

  /** Asked for once: they do not change under a running NameNode. */
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

  close(): void {
    this.#rpc.close();
  }

  async #writer() {
    return { ...this.#options, rpc: this.#rpc, defaults: await this.serverDefaults() };
  }
}
