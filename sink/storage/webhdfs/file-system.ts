import { FileSystemError } from '../errors.ts';
import type { FileStatus, FileSystem } from '../file-system.ts';
import { AppendLocations } from './append-locations.ts';
import { WebHdfsClient, type WebHdfsOptions } from './client.ts';
import { recoverLease } from './lease-recovery.ts';

/** The status of a file in an answer of WebHDFS. */
interface RawStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
  readonly modificationTime: number;
  readonly fileId?: number;
}

/** The lease of a dead writer ends after 60 s. Its recovery takes seconds more. */
const LEASE_RECOVERS_WITHIN_MS = 120_000;
/** One answer has this size at most. A line may be longer. */
const PIECE_BYTES = 16 * 1024 * 1024;

/**
 * HDFS over WebHDFS. Between two requests nothing is open: in each append, a DataNode opens the
 * file, writes to it and closes it.
 */
export class WebHdfsFileSystem implements FileSystem {
  readonly leaseRecoversWithinMs = LEASE_RECOVERS_WITHIN_MS;
  readonly #client: WebHdfsClient;
  readonly #locations = new AppendLocations();

  constructor(options: WebHdfsOptions) {
    this.#client = new WebHdfsClient(options);
  }

  async list(path: string): Promise<readonly FileStatus[] | undefined> {
    return unlessMissing(async () => {
      const answer = await this.#client.ask('GET', path, 'LISTSTATUS');
      const { FileStatuses } = (answer ?? {}) as { FileStatuses?: { FileStatus?: readonly RawStatus[] } };
      if (FileStatuses?.FileStatus) return FileStatuses.FileStatus.map(statusOf);
      throw new FileSystemError('unavailable', 'NotAListing', `LISTSTATUS ${path}: the answer is no listing`);
    });
  }

  async status(path: string): Promise<FileStatus | undefined> {
    return unlessMissing(async () => statusOf(await this.#rawStatus(path)));
  }

  async makeFolder(path: string): Promise<void> {
    await this.#client.ask('PUT', path, 'MKDIRS');
  }

  rename(from: string, to: string): Promise<void> {
    return this.#rename(from, to, 'NONE');
  }

  replace(path: string, by: string): Promise<void> {
    return this.#rename(by, path, 'OVERWRITE');
  }

  async delete(path: string): Promise<void> {
    await this.#client.ask('DELETE', path, 'DELETE', { recursive: 'true' });
  }

  async create(path: string): Promise<void> {
    const parameters = { overwrite: 'false', createparent: 'false' };
    await this.#client.transfer('PUT', path, 'CREATE', { parameters, success: 201 });
  }

  async append(path: string, chunks: readonly Buffer[]): Promise<void> {
    const ask = () => this.#client.locate('POST', path, 'APPEND');
    const location = await this.#locations.take(path, ask);
    const what = `APPEND ${path}`;
    await this.#client.transferTo(location.url, { what, method: 'POST', body: chunks, success: 200 });
    this.#locations.keep(path, location);
  }

  async finish(path: string): Promise<void> {
    this.#locations.forget(path);
  }

  /**
   * An append over WebHDFS is durable only after the DataNode has closed the file, so the NameNode
   * knows the length. Of a file that a client writes over `hdfs://`, the NameNode knows the length
   * that the client told.
   */
  async readableBytes(path: string): Promise<number> {
    return (await this.#rawStatus(path)).length;
  }

  async read(path: string, at: number, bytes: number): Promise<Buffer> {
    if (bytes <= PIECE_BYTES) return this.#readPiece(path, at, bytes);
    const whole = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes; ) {
      const piece = await this.#readPiece(path, at + done, Math.min(PIECE_BYTES, bytes - done));
      done += piece.copy(whole, done);
    }
    return whole;
  }

  async truncate(path: string, bytes: number): Promise<void> {
    await this.#client.ask('POST', path, 'TRUNCATE', { newlength: String(bytes) });
  }

  recoverLease(path: string, signal: AbortSignal): Promise<number | undefined> {
    return recoverLease(this.#client, path, signal);
  }

  async release(folder: string): Promise<void> {
    this.#locations.forgetBelow(folder);
  }

  close(): void {
    this.#client.close();
  }

  /** Rejects a short answer, since the sink would cut its end as a torn line. */
  async #readPiece(path: string, at: number, bytes: number): Promise<Buffer> {
    const parameters = { offset: String(at), length: String(bytes) };
    const read = await this.#client.transfer('GET', path, 'OPEN', { parameters, success: 200 });
    if (read.length === bytes) return read;
    const message = `OPEN ${path} at ${at}: ${read.length} of ${bytes} bytes`;
    throw new FileSystemError('unavailable', 'ShortRead', message);
  }

  async #rawStatus(path: string): Promise<RawStatus> {
    const answer = await this.#client.ask('GET', path, 'GETFILESTATUS');
    return (answer as { FileStatus: RawStatus }).FileStatus;
  }

  async #rename(from: string, destination: string, renameoptions: 'NONE' | 'OVERWRITE'): Promise<void> {
    const answer = await this.#client.ask('PUT', from, 'RENAME', { destination, renameoptions });
    if (answer === undefined) return;
    // With `renameoptions`, WebHDFS answers nothing. A server that answers true or false does not
    // know the options, and its rename is no fence.
    throw new FileSystemError(
      'refused',
      'RenameOptionsIgnored',
      `RENAME ${from}: the server does not know renameoptions (HttpFS does not): HDFS_URL must name WebHDFS`,
    );
  }
}

function statusOf({ pathSuffix, type, length, modificationTime, fileId }: RawStatus): FileStatus {
  const id = fileId ? String(fileId) : undefined;
  return { name: pathSuffix, type, bytes: length, modifiedMs: modificationTime, id };
}

async function unlessMissing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileSystemError && error.kind === 'missing') return undefined;
    throw error;
  }
}
