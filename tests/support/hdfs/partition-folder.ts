import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { claimFolder, openPath, partitionFolder } from '../../../sink/ledger/layout.ts';
import { SegmentStore, type SegmentStoreOptions } from '../../../sink/ledger/segment-store.ts';
import type { Claim, Store } from '../../../sink/ledger/store.ts';
import { HdfsFileSystem } from '../../../sink/storage/hdfs-file-system.ts';
import type { WebHdfsOptions } from '../../../sink/storage/webhdfs/client.ts';
import { WebHdfsFileSystem } from '../../../sink/storage/webhdfs/file-system.ts';
import { SUPERUSER } from './hdfs-raw.ts';

type Waits = Pick<SegmentStoreOptions, 'copyAfterMs'>;

const SILENT = pino({ level: 'silent' });
const DIR = '/sink-tests';
const TIMEOUT_MS = 20_000;

/** The folder of a test's own topic: its stores and claims, and the paths that they make. */
export class PartitionFolder {
  readonly topic = `topic-${randomUUID()}`;
  readonly dir = DIR;
  readonly root = `${DIR}/${this.topic}`;
  readonly #url: URL;

  /** @param url of the NameNode: `http://` for WebHDFS, `hdfs://` for the native protocol */
  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** A store that speaks the protocol of the folder's URL. */
  newStore({ user = SUPERUSER, ...waits }: { readonly user?: string } & Waits = {}): Store {
    const { protocol, hostname: host, port } = this.#url;
    if (protocol !== 'hdfs:') return this.newWebHdfsStore({ user }, waits);
    const nameNodes = [{ host, port: Number(port) }];
    return this.#storeOn(new HdfsFileSystem({ nameNodes, user, timeoutMs: TIMEOUT_MS, sync: false }), waits);
  }

  newWebHdfsStore(options: Partial<WebHdfsOptions> = {}, waits: Waits = {}): Store {
    const nameNodes = [this.#url];
    const files = new WebHdfsFileSystem({ nameNodes, user: SUPERUSER, timeoutMs: TIMEOUT_MS, ...options });
    return this.#storeOn(files, waits);
  }

  /** A claim of partition 0 with a new token. */
  newClaim(): Claim {
    return { partition: 0, token: randomUUID() };
  }

  get writers(): string {
    return `${this.root}/${partitionFolder(0)}`;
  }

  claimFolder(claim: Claim): string {
    return `${this.root}/${claimFolder(claim)}`;
  }

  /** The path of the segment whose first offset is `first`. */
  segment(claim: Claim, first = 0): string {
    return `${this.root}/${openPath(claim, first)}`;
  }

  #storeOn(files: WebHdfsFileSystem | HdfsFileSystem, waits: Waits): Store {
    return new SegmentStore({ files, dir: this.dir, topic: this.topic, log: SILENT, ...waits });
  }
}
