import { setTimeout as delay } from 'node:timers/promises';
import {
  type FileWriter,
  HdfsClient,
  type HdfsClientOptions,
  HdfsFileStatus_FileType,
  type HdfsFileStatusValid,
} from '../hdfs/index.ts';
import { missingPath } from './errors.ts';
import type { FileStatus, FileSystem } from './file-system.ts';
import { fileSystemError } from './hdfs-errors.ts';
import { translateErrors } from './translated-errors.ts';

const PROBE_INTERVAL_MS = { first: 20, last: 500 };
/**
 * A recovery takes milliseconds after a heartbeat of the DataNode that does it. It takes 90 s where
 * that DataNode has just died.
 */
const LEASE_RECOVERS_WITHIN_MS = 30_000;

/**
 * HDFS over its own protocols. After a create or an append, this class holds the file open, with
 * its lease and its pipeline. It closes the file after `finish`, `release` or a failure. An append
 * is a flush of the open file.
 */
export class HdfsFileSystem implements FileSystem {
  readonly leaseRecoversWithinMs = LEASE_RECOVERS_WITHIN_MS;
  readonly #client: HdfsClient;
  readonly #open = new Map<string, FileWriter>();
  /** The files whose last block DataNodes recover or cut. */
  readonly #recovering = new Set<string>();

  constructor(options: HdfsClientOptions) {
    this.#client = translateErrors(new HdfsClient(options), fileSystemError);
  }

  async list(path: string): Promise<readonly FileStatus[] | undefined> {
    return (await this.#client.list(path))?.map(statusOf);
  }

  async status(path: string): Promise<FileStatus | undefined> {
    const status = await this.#client.status(path);
    return status && statusOf(status);
  }

  makeFolder(path: string): Promise<void> {
    return this.#client.makeFolder(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#client.rename(from, to);
  }

  replace(path: string, by: string): Promise<void> {
    return this.#client.rename(by, path, { overwrite: true });
  }

  delete(path: string): Promise<void> {
    return this.#client.delete(path);
  }

  async create(path: string): Promise<void> {
    this.#keep(path, await this.#client.create(path));
  }

  append(path: string, chunks: readonly Buffer[]): Promise<void> {
    return this.#orDrop(path, async () => {
      const writer = this.#open.get(path) ?? this.#keep(path, await this.#client.append(path));
      await writer.write(...chunks);
    });
  }

  async finish(path: string): Promise<void> {
    const writer = this.#open.get(path);
    if (writer === undefined) return;
    await this.#orDrop(path, () => writer.close());
    this.#open.delete(path);
  }

  readableBytes(path: string): Promise<number> {
    return this.#client.readableBytes(path);
  }

  read(path: string, at: number, bytes: number): Promise<Buffer> {
    return this.#client.read({ path, at, bytes });
  }

  async truncate(path: string, bytes: number): Promise<void> {
    if (!(await this.#client.truncate(path, bytes))) this.#recovering.add(path);
  }

  async recoverLease(path: string, signal: AbortSignal): Promise<number | undefined> {
    for (let pauseMs = PROBE_INTERVAL_MS.first; ; pauseMs = Math.min(2 * pauseMs, PROBE_INTERVAL_MS.last)) {
      if (await this.#isFree(path)) break;
      await delay(pauseMs, undefined, { signal });
    }
    this.#recovering.delete(path);
    const status = await this.#client.status(path);
    if (status === undefined) throw missingPath(path);
    return Number(status.length);
  }

  async release(folder: string): Promise<void> {
    const paths = [...this.#open.keys()].filter((path) => path.startsWith(`${folder}/`));
    // The lease of a file that cannot be closed is left to the recovery of another client.
    await Promise.all(paths.map((path) => this.finish(path).catch(() => undefined)));
    for (const path of this.#recovering) if (path.startsWith(`${folder}/`)) this.#recovering.delete(path);
  }

  close(): void {
    for (const path of [...this.#open.keys()]) this.#drop(path);
    this.#client.close();
  }

  async #isFree(path: string): Promise<boolean> {
    if (await this.#client.isClosed(path)) return true;
    // Ask once: older NameNodes would begin the recovery again each time.
    if (this.#recovering.has(path)) return false;
    this.#recovering.add(path);
    return this.#client.recoverLease(path);
  }

  #keep(path: string, writer: FileWriter): FileWriter {
    const kept = translateErrors(writer, (error, call) => fileSystemError(error, `${call} ${path}`));
    this.#open.set(path, kept);
    return kept;
  }

  /** A pipeline does not say why it broke: another client may have taken the file. */
  async #orDrop(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#drop(path);
      throw (await this.#isGone(path)) ? missingPath(path, error) : error;
    }
  }

  async #isGone(path: string): Promise<boolean> {
    try {
      return (await this.#client.status(path)) === undefined;
    } catch {
      return false;
    }
  }

  #drop(path: string): void {
    this.#open.get(path)?.destroy();
    this.#open.delete(path);
  }
}

function statusOf({ path, fileType, length, modificationTime, fileId }: HdfsFileStatusValid): FileStatus {
  return {
    name: Buffer.from(path).toString(),
    type: fileType === HdfsFileStatus_FileType.DIRECTORY ? 'DIRECTORY' : 'FILE',
    bytes: Number(length),
    modifiedMs: Number(modificationTime),
    id: fileId === 0n ? undefined : String(fileId),
  };
}
