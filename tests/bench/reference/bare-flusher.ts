import { dirname } from 'node:path';
import { readConfig } from '../../../sink/config.ts';
import { hdfsFiles } from '../../../sink/storage/access/hdfs.ts';
import type { BareAppender } from './bare-appender.ts';

/** Flushes one line over `hdfs://` to a file of its own that stays open. */
export class BareFlusher implements BareAppender {
  readonly #files;
  readonly #path: string;
  readonly #body: Buffer;

  /** @param hdfsUrl of the NameNode */
  constructor(hdfsUrl: string, path: string, body: Buffer) {
    this.#files = hdfsFiles(readConfig({ HDFS_URL: hdfsUrl }));
    this.#path = path;
    this.#body = body;
  }

  async create(): Promise<void> {
    await this.#files.makeFolder(dirname(this.#path));
    await this.#files.create(this.#path);
  }

  async append(): Promise<number> {
    const begunMs = performance.now();
    await this.#files.append(this.#path, [this.#body]);
    return performance.now() - begunMs;
  }

  close(): void {
    this.#files.close();
  }
}
