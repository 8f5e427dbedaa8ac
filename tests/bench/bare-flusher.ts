import { dirname } from 'node:path';
import { readConfig } from '../../sink/config.ts';
import { HdfsClient } from '../../sink/hdfs/client.ts';
import type { FileWriter } from '../../sink/hdfs/file-writer.ts';
import { rpcAccess } from '../../sink/hdfs-access.ts';
import type { BareAppender } from './bare-appender.ts';

/** One flush of a line to a file of its own that stays open. */
export class BareFlusher implements BareAppender {
  readonly #client: HdfsClient;
  readonly #path: string;
  readonly #body: Buffer;
  #file: FileWriter | undefined;

  constructor(hdfsUrl: string, path: string, body: Buffer) {
    this.#client = new HdfsClient(rpcAccess(readConfig({ HDFS_URL: hdfsUrl })));
    this.#path = path;
    this.#body = body;
  }

  async create(): Promise<void> {
    await this.#client.makeFolder(dirname(this.#path));
    this.#file = await this.#client.create(this.#path);
  }

  async append(): Promise<number> {
    const begunMs = performance.now();
    await this.#file?.write(this.#body);
    return performance.now() - begunMs;
  }

  close(): void {
    this.#file?.destroy();
    this.#client.close();
  }
}
