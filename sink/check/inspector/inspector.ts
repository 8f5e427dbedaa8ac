import type { FileSystemError } from '../../storage/errors.ts';

/** One address of `HDFS_URL`, asked by itself. */
export interface NameNodeInspection {
  readonly url: string;
  readonly state: 'active' | 'standby' | FileSystemError;
}

/** What is left of one kind of quota on one folder. */
export interface Quota {
  readonly folder: string;
  /**
   * `names` counts files and folders, the others bytes times replication; a storage type by its
   * name.
   */
  readonly of: 'names' | 'space' | { readonly storageType: string };
  readonly limit: number;
  readonly used: number;
}

/** How files are kept. */
export interface Layout {
  readonly blockBytes: number;
  readonly replication: number;
}

/**
 * What `--check` asks of HDFS beyond what the sink itself does, in the protocol that `HDFS_URL`
 * names. Everything rejects with a `FileSystemError`.
 */
export interface Inspector {
  nameNodes(): Promise<readonly NameNodeInspection[]>;
  /**
   * The DataNodes that a writer is sent to, by `host:port`; undefined where that is not told before
   * it writes.
   *
   * @param path a file that is not there
   */
  dataNodes(path: string): Promise<readonly URL[] | undefined>;
  /** Those that are set on the folder. */
  quotas(folder: string): Promise<readonly Quota[]>;
  /** Of a file. */
  layout(path: string): Promise<Layout>;
  /** Of files that say nothing else. */
  defaultLayout(): Promise<Layout>;
  /** DataNodes that have the first block of a file. */
  replicas(path: string): Promise<number | undefined>;
  /** The policy of a folder that is erasure-coded. */
  erasureCoding(folder: string): Promise<string | undefined>;
  /** A folder that is empty; refuses where it is not. */
  deleteEmpty(folder: string): Promise<void>;
  close(): void;
}

/** As HDFS counts: what is not limited has a negative limit, or the largest there is. */
export const isLimited = ({ limit }: Quota): boolean => limit >= 0 && limit < Number.MAX_SAFE_INTEGER;
