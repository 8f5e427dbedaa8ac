import { setTimeout as delay } from 'node:timers/promises';
import { FileSystemError } from '../errors.ts';
import type { FileStatus, FileSystem } from '../file-system.ts';
import { isHeld } from '../remote-exceptions.ts';
import { AppendLocations } from './append-locations.ts';
import { WebHdfsClient, type WebHdfsOptions } from './client.ts';

/** As WebHDFS describes a file. */
interface RawStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
  readonly modificationTime: number;
  readonly fileId?: number;
}

/** Longer than any file of HDFS: TRUNCATE to it asks who holds a file, and can never cut one. */
const BEYOND_ANY_FILE = String(2n ** 62n);
/** A dead writer's lease goes after 60 s, and its recovery takes seconds more. */
const LEASE_RECOVERS_WITHIN_MS = 120_000;
/** How often a zero-byte APPEND wakes a truncation whose DataNode died. */
const WAKE_INTERVAL_MS = 10_000;
const PROBE_INTERVAL_MS = { first: 50, last: 1_000 };

/**
 * HDFS by WebHDFS. Nothing is held open between two requests: a DataNode opens the file, writes and closes it in each
 * append.
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
   * Whoever appends by WebHDFS closes the file, and only then has it made anything durable: the NameNode knows. Of what was written
   * by `hdfs://` it knows what it was told.
   */
  async readableBytes(path: string): Promise<number> {
    return (await this.#rawStatus(path)).length;
  }

  /** All of the bytes asked for or an error: what looks shorter than it is would be cut as a torn line. */
  async read(path: string, at: number, bytes: number): Promise<Buffer> {
    const parameters = { offset: String(at), length: String(bytes) };
    const read = await this.#client.transfer('GET', path, 'OPEN', { parameters, success: 200 });
    if (read.length === bytes) return read;
    const says = `OPEN ${path} at ${at}: ${read.length} of ${bytes} bytes`;
    throw new FileSystemError('unavailable', 'ShortRead', says);
  }

  async truncate(path: string, bytes: number): Promise<void> {
    await this.#client.ask('POST', path, 'TRUNCATE', { newlength: String(bytes) });
  }

  async recoverLease(path: string, signal: AbortSignal): Promise<number | undefined> {
    let wakeAtMs = performance.now() + WAKE_INTERVAL_MS;
    for (let pauseMs = PROBE_INTERVAL_MS.first; ; pauseMs = Math.min(pauseMs * 2, PROBE_INTERVAL_MS.last)) {
      const free = await this.#probe(path);
      if (free) return free.bytes;
      const nowMs = performance.now();
      if (nowMs >= wakeAtMs) {
        await this.#wake(path);
        wakeAtMs = nowMs + WAKE_INTERVAL_MS;
      }
      await delay(pauseMs, undefined, { signal });
    }
  }

  async release(folder: string): Promise<void> {
    this.#locations.forgetBelow(folder);
  }

  close(): void {
    this.#client.close();
  }

  /** Undefined while somebody holds the file; else its length, where the NameNode says it. */
  async #probe(path: string): Promise<{ readonly bytes: number | undefined } | undefined> {
    try {
      await this.#client.ask('POST', path, 'TRUNCATE', { newlength: BEYOND_ANY_FILE });
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      if (error.message.includes('Cannot truncate to a larger file size')) {
        const bytes = /Current size: (\d+)/.exec(error.message)?.[1];
        return { bytes: bytes === undefined ? undefined : Number(bytes) };
      }
      if (isHeld(error.reason)) return undefined;
      throw error;
    }
    throw new FileSystemError(
      'unavailable',
      'ProbeAnswered',
      `TRUNCATE ${path} beyond any file was not refused`,
    );
  }

  async #wake(path: string): Promise<void> {
    try {
      await this.#client.transfer('POST', path, 'APPEND', { body: [], success: 200 });
    } catch (error) {
      // Refused is what it is for; but without an answer it may still take the lease later.
      if (!(error instanceof FileSystemError) || error.cause !== undefined) throw error;
    }
  }

  async #rawStatus(path: string): Promise<RawStatus> {
    const answer = await this.#client.ask('GET', path, 'GETFILESTATUS');
    return (answer as { FileStatus: RawStatus }).FileStatus;
  }

  async #rename(from: string, destination: string, renameoptions: 'NONE' | 'OVERWRITE'): Promise<void> {
    const answer = await this.#client.ask('PUT', from, 'RENAME', { destination, renameoptions });
    if (answer === undefined) return;
    // With options WebHDFS answers nothing; who says true or false has not heard of them, and the rename is no fence.
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
