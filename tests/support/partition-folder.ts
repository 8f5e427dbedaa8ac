import { randomUUID } from 'node:crypto';
import type { Claim } from '../../sink/store.ts';
import { WebHdfsStore, type WebHdfsStoreOptions } from '../../sink/webhdfs/store.ts';
import { SUPERUSER } from './hdfs-raw.ts';

const DIR = '/sink-tests';

/** A topic's folder of a test's own: the stores and claims on it, and the paths they make there. */
export class PartitionFolder {
  readonly topic = `topic-${randomUUID()}`;
  readonly dir = DIR;
  readonly root = `${DIR}/${this.topic}`;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  newStore(options: Partial<WebHdfsStoreOptions> = {}): WebHdfsStore {
    const nameNodes = [new URL(this.#url)];
    return new WebHdfsStore({
      nameNodes,
      user: SUPERUSER,
      timeoutMs: 20_000,
      dir: DIR,
      topic: this.topic,
      ...options,
    });
  }

  /** Partition 0 under a fresh token. */
  newClaim(): Claim {
    return { partition: 0, token: randomUUID() };
  }

  get writers(): string {
    return `${this.root}/_writers/0`;
  }

  claimFolder({ token }: Claim): string {
    return `${this.writers}/${token}`;
  }

  /** Where the segment is that is called by `first`. */
  segment(claim: Claim, first = 0): string {
    return `${this.claimFolder(claim)}/${String(first).padStart(20, '0')}.jsonl`;
  }
}
