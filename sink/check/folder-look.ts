import { StoreError } from '../errors.ts';
import type { WebHdfsClient } from '../webhdfs/client.ts';

/** What is left of one kind of quota on one folder. */
export interface QuotaLook {
  readonly folder: string;
  /** `names` counts files and folders, the others bytes times replication; a storage type by its name. */
  readonly of: 'names' | 'space' | { readonly storageType: string };
  readonly limit: number;
  readonly used: number;
}

/** The folders from the root down to the topic's. */
export interface FolderLook {
  /** Not there yet, outermost first. */
  readonly missing: readonly string[];
  readonly quotas: readonly QuotaLook[];
  /** Folders whose quotas were not told, with the reason. */
  readonly untold: readonly { readonly folder: string; readonly error: StoreError }[];
  /** Folders of earlier checks that were cut short. */
  readonly leftovers: readonly string[];
}

/** What hides a folder from Hive and Spark, and tells it from the sink's own. */
export const SCRATCH_PREFIX = '_check-';

/** @throws {StoreError} where a folder cannot be looked at */
export async function lookAtFolder(client: WebHdfsClient, topicFolder: string): Promise<FolderLook> {
  const paths = ancestors(topicFolder);
  const existing = await countExisting(client, paths);
  const quotas: QuotaLook[] = [];
  const untold: { folder: string; error: StoreError }[] = [];
  for (const folder of paths.slice(0, existing)) {
    const found = await lookAtQuotas(client, folder);
    if (found instanceof StoreError) untold.push({ folder, error: found });
    else quotas.push(...found);
  }
  const leftovers = existing === paths.length ? await findLeftovers(client, topicFolder) : [];
  return { missing: paths.slice(existing), quotas, untold, leftovers };
}

/** `/a/b` gives `/`, `/a`, `/a/b`. */
function ancestors(path: string): string[] {
  const names = path.split('/').slice(1);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

async function countExisting(client: WebHdfsClient, paths: readonly string[]): Promise<number> {
  for (const [index, path] of paths.entries()) {
    try {
      await client.ask('GET', path, 'GETFILESTATUS');
    } catch (error) {
      if (error instanceof StoreError && error.reason === 'FileNotFoundException') return index;
      throw error;
    }
  }
  return paths.length;
}

interface QuotaUsage {
  readonly fileAndDirectoryCount: number;
  readonly quota: number;
  readonly spaceConsumed: number;
  readonly spaceQuota: number;
  readonly typeQuota?: Readonly<Record<string, { readonly consumed: number; readonly quota: number }>>;
}

/** A quota on any folder above counts. The root's limit of names is the largest number, which stands for none. */
async function lookAtQuotas(client: WebHdfsClient, folder: string): Promise<QuotaLook[] | StoreError> {
  try {
    const answer = await client.ask('GET', folder, 'GETQUOTAUSAGE');
    const { QuotaUsage: usage } = answer as { QuotaUsage: QuotaUsage };
    const { quota, fileAndDirectoryCount, spaceQuota, spaceConsumed, typeQuota = {} } = usage;
    const all: QuotaLook[] = [
      { folder, of: 'names', limit: quota, used: fileAndDirectoryCount },
      { folder, of: 'space', limit: spaceQuota, used: spaceConsumed },
      ...Object.entries(typeQuota).map(([storageType, { quota: limit, consumed: used }]) => ({
        folder,
        of: { storageType },
        limit,
        used,
      })),
    ];
    return all.filter(({ limit }) => limit >= 0 && limit < Number.MAX_SAFE_INTEGER);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

async function findLeftovers(client: WebHdfsClient, folder: string): Promise<string[]> {
  const answer = await client.ask('GET', folder, 'LISTSTATUS');
  const { FileStatuses } = answer as { FileStatuses: { FileStatus: readonly { pathSuffix: string }[] } };
  const names = FileStatuses.FileStatus.map(({ pathSuffix }) => pathSuffix);
  return names.filter((name) => name.startsWith(SCRATCH_PREFIX)).map((name) => `${folder}/${name}`);
}
