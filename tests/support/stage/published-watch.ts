import { RawHdfs } from '../hdfs/hdfs-raw.ts';
import type { StoreLocation } from '../hdfs/stored-files.ts';

/** The properties of a file that every change of it would alter. */
interface Identity {
  readonly fileId: number;
  readonly length: number;
  readonly modificationTime: number;
}

interface Status extends Identity {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
}

/**
 * Looks at published segments again and again, and tells which of them changed. A published segment
 * must never change.
 */
export class PublishedWatch {
  readonly #hdfs: RawHdfs;
  readonly #root: string;
  readonly #seen = new Map<string, Identity>();
  readonly #changed = new Set<string>();

  constructor({ url, dir, topic }: StoreLocation) {
    this.#hdfs = new RawHdfs(url);
    this.#root = `${dir}/${topic}`;
  }

  /** The number of segments seen so far. */
  get count(): number {
    return this.#seen.size;
  }

  /**
   * Returns the segments that have vanished or changed since the watch began.
   *
   * @throws where HDFS does not answer
   */
  async look(): Promise<readonly string[]> {
    const found = new Map<string, Identity>();
    for (const day of await this.#list(this.#root)) {
      if (!day.pathSuffix.startsWith('dt=')) continue;
      await this.#lookInto(`${this.#root}/${day.pathSuffix}`, found);
    }
    for (const [path, before] of this.#seen) {
      const now = found.get(path);
      if (!now || !isSame(before, now)) this.#changed.add(path);
    }
    for (const [path, now] of found) if (!this.#seen.has(path)) this.#seen.set(path, now);
    return [...this.#changed];
  }

  async #lookInto(folder: string, found: Map<string, Identity>): Promise<void> {
    for (const status of await this.#list(folder)) {
      const path = `${folder}/${status.pathSuffix}`;
      if (status.type === 'DIRECTORY') await this.#lookInto(path, found);
      else found.set(path, status);
    }
  }

  async #list(folder: string): Promise<readonly Status[]> {
    const answer = await this.#hdfs.ask('GET', folder, 'LISTSTATUS');
    if (answer.exception === 'FileNotFoundException') return [];
    if (answer.status !== 200) throw new Error(`LISTSTATUS ${folder}: ${answer.body}`);
    return JSON.parse(answer.body).FileStatuses.FileStatus;
  }
}

const isSame = (a: Identity, b: Identity): boolean =>
  a.fileId === b.fileId && a.length === b.length && a.modificationTime === b.modificationTime;
