import { FileSystemError } from '../../storage/errors.ts';
import { WebHdfsClient, type WebHdfsOptions } from '../../storage/webhdfs/client.ts';
import {
  type Inspector,
  isLimited,
  type Layout,
  type NameNodeInspection,
  type Obstacle,
  type Quota,
} from './inspector.ts';
import { stateOf } from './name-node-state.ts';

interface QuotaUsage {
  readonly fileAndDirectoryCount: number;
  readonly quota: number;
  readonly spaceConsumed: number;
  readonly spaceQuota: number;
  readonly typeQuota?: Readonly<Record<string, { readonly consumed: number; readonly quota: number }>>;
}

interface RawStatus {
  readonly blockSize: number;
  readonly replication: number;
  readonly ecBit?: boolean;
  readonly ecPolicy?: string;
}

/** A NameNode names one DataNode in each answer, and any DataNode where the path has no file. */
const ASKED_TIMES = 8;

export class WebHdfsInspector implements Inspector {
  readonly #options: WebHdfsOptions;
  readonly #client: WebHdfsClient;

  constructor(options: WebHdfsOptions) {
    this.#options = options;
    this.#client = new WebHdfsClient(options);
  }

  nameNodes(): Promise<NameNodeInspection[]> {
    return Promise.all(
      this.#options.nameNodes.map(async (nameNode) => ({
        url: nameNode.origin + nameNode.pathname.replace(/\/$/, ''),
        state: await askState({ ...this.#options, nameNodes: [nameNode] }),
      })),
    );
  }

  /** Asks for redirects only, and writes nothing. */
  async dataNodes(path: string): Promise<readonly URL[]> {
    const ask = () => this.#client.locate('PUT', path, 'CREATE');
    const found = await Promise.all(Array.from({ length: ASKED_TIMES }, ask));
    return [...new Map(found.map((url) => [url.host, url])).values()];
  }

  async quotas(folder: string): Promise<readonly Quota[]> {
    const answer = await this.#client.ask('GET', folder, 'GETQUOTAUSAGE');
    const { QuotaUsage: usage } = answer as { QuotaUsage: QuotaUsage };
    const { quota, fileAndDirectoryCount, spaceQuota, spaceConsumed, typeQuota = {} } = usage;
    const all: Quota[] = [
      { folder, of: 'names', limit: quota, used: fileAndDirectoryCount },
      { folder, of: 'space', limit: spaceQuota, used: spaceConsumed },
      ...Object.entries(typeQuota).map(([storageType, { quota: limit, consumed: used }]) => ({
        folder,
        of: { storageType },
        limit,
        used,
      })),
    ];
    return all.filter(isLimited);
  }

  async layout(path: string): Promise<Layout> {
    const { blockSize, replication } = await this.#status(path);
    return { blockBytes: blockSize, replication };
  }

  async defaultLayout(): Promise<Layout> {
    const answer = await this.#client.ask('GET', '/', 'GETSERVERDEFAULTS');
    const { FsServerDefaults: defaults } = answer as { FsServerDefaults: RawStatus };
    return { blockBytes: defaults.blockSize, replication: defaults.replication };
  }

  /** Undefined where this HDFS does not tell. */
  async replicas(path: string): Promise<number | undefined> {
    try {
      const answer = await this.#client.ask('GET', path, 'GETFILEBLOCKLOCATIONS');
      const { BlockLocations } = answer as {
        BlockLocations?: { BlockLocation?: { hosts?: readonly unknown[] }[] };
      };
      return BlockLocations?.BlockLocation?.[0]?.hosts?.length;
    } catch (error) {
      if (error instanceof FileSystemError) return undefined;
      throw error;
    }
  }

  /** An encryption zone is none: the DataNode that carries out a request encrypts and decrypts. */
  async obstacle(folder: string): Promise<Obstacle | undefined> {
    const { ecPolicy, ecBit } = await this.#status(folder);
    const policy = ecPolicy || (ecBit ? 'of some policy' : undefined);
    return policy === undefined ? undefined : { kind: 'erasure-coded', policy };
  }

  async deleteEmpty(folder: string): Promise<void> {
    await this.#client.ask('DELETE', folder, 'DELETE', { recursive: 'false' });
  }

  close(): void {
    this.#client.close();
  }

  async #status(path: string): Promise<RawStatus> {
    const answer = await this.#client.ask('GET', path, 'GETFILESTATUS');
    return (answer as { FileStatus: RawStatus }).FileStatus;
  }
}

async function askState(options: WebHdfsOptions): Promise<NameNodeInspection['state']> {
  const client = new WebHdfsClient(options);
  return stateOf(() => client.ask('GET', '/', 'GETFILESTATUS')).finally(() => client.close());
}
