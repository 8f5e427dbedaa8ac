import { HdfsClient, type HdfsClientOptions, type StorageType, StorageTypeSchema } from '../../hdfs/index.ts';
import { missingPath } from '../../storage/errors.ts';
import { fileSystemError } from '../../storage/hdfs-errors.ts';
import { translateErrors } from '../../storage/translated-errors.ts';
import {
  type Inspector,
  isLimited,
  type Layout,
  type NameNodeInspection,
  type Obstacle,
  type Quota,
} from './inspector.ts';
import { stateOf } from './name-node-state.ts';

/** `HdfsFileStatusProto.Flags` of hadoop-hdfs-client. */
const HAS_CRYPT = 0x02;

export class HdfsInspector implements Inspector {
  readonly #options: HdfsClientOptions;
  readonly #client: HdfsClient;

  constructor(options: HdfsClientOptions) {
    this.#options = options;
    this.#client = newClient(options);
  }

  nameNodes(): Promise<NameNodeInspection[]> {
    return Promise.all(
      this.#options.nameNodes.map(async (nameNode) => ({
        url: `hdfs://${nameNode.host}:${nameNode.port}`,
        state: await askState({ ...this.#options, nameNodes: [nameNode] }),
      })),
    );
  }

  /**
   * A NameNode names DataNodes only with the first block of a file. The append of the trial tells
   * which DataNode is away.
   */
  async dataNodes(): Promise<undefined> {
    return undefined;
  }

  async quotas(folder: string): Promise<readonly Quota[]> {
    const usage = await this.#client.quotaUsage(folder);
    const all: Quota[] = [
      { folder, of: 'names', limit: signed(usage.quota), used: signed(usage.fileAndDirectoryCount) },
      { folder, of: 'space', limit: signed(usage.spaceQuota), used: signed(usage.spaceConsumed) },
      ...(usage.typeQuotaInfos?.infos ?? []).map(({ type, quota, consumed }) => ({
        folder,
        of: { storageType: nameOf(type) },
        limit: signed(quota),
        used: signed(consumed),
      })),
    ];
    return all.filter(isLimited);
  }

  async layout(path: string): Promise<Layout> {
    const { blockSize, blockReplication } = await this.#status(path);
    return { blockBytes: Number(blockSize), replication: blockReplication };
  }

  async defaultLayout(): Promise<Layout> {
    const { blockSize, replication } = await this.#client.serverDefaults();
    return { blockBytes: Number(blockSize), replication };
  }

  async replicas(path: string): Promise<number | undefined> {
    const [first] = await this.#client.blocks(path);
    return first?.locations.length;
  }

  async obstacle(folder: string): Promise<Obstacle | undefined> {
    const { erasureCodingPolicy: policy, flags } = await this.#status(folder);
    if ((flags & HAS_CRYPT) !== 0) return { kind: 'encrypted' };
    return policy && { kind: 'erasure-coded', policy: policy.name || `policy ${policy.id}` };
  }

  deleteEmpty(folder: string): Promise<void> {
    return this.#client.delete(folder, { recursive: false });
  }

  close(): void {
    this.#client.close();
  }

  async #status(path: string) {
    const status = await this.#client.status(path);
    if (status !== undefined) return status;
    throw missingPath(path);
  }
}

/** Java has no unsigned numbers, so no limit is -1. */
const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));

const nameOf = (type: StorageType): string => StorageTypeSchema.value[type]?.name ?? String(type);

async function askState(options: HdfsClientOptions): Promise<NameNodeInspection['state']> {
  const client = newClient(options);
  return stateOf(() => client.status('/')).finally(() => client.close());
}

const newClient = (options: HdfsClientOptions): HdfsClient =>
  translateErrors(new HdfsClient(options), fileSystemError);
