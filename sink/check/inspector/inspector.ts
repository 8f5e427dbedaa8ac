import type { FileSystemError } from '../../storage/errors.ts';

/** The state of one address of `HDFS_URL`, asked alone. */
export interface NameNodeInspection {
  readonly url: string;
  readonly state: 'active' | 'standby' | FileSystemError;
}

/** One kind of quota of one folder. */
export interface Quota {
  readonly folder: string;
  /** `names` counts files and folders. The others count bytes times replication. */
  readonly of: 'names' | 'space' | { readonly storageType: string };
  readonly limit: number;
  readonly used: number;
}

/** How HDFS keeps a file. */
export interface Layout {
  readonly blockBytes: number;
  readonly replication: number;
}

/** What makes a folder unfit for the sink. */
export type Obstacle =
  | { readonly kind: 'erasure-coded'; readonly policy: string }
  /** The folder lies in an encryption zone. */
  | { readonly kind: 'encrypted' };

/**
 * The requests of `--check` that the sink itself does not make, in the protocol that `HDFS_URL`
 * names. Every request rejects with a `FileSystemError`.
 */
export interface Inspector {
  nameNodes(): Promise<readonly NameNodeInspection[]>;
  /**
   * The DataNodes that the NameNode would send a writer to, as `host:port`. Undefined where the
   * protocol tells them only to a writer.
   *
   * @param path a path without a file
   */
  dataNodes(path: string): Promise<readonly URL[] | undefined>;
  /** The quotas that are set on the folder. */
  quotas(folder: string): Promise<readonly Quota[]>;
  /** The layout of a file. */
  layout(path: string): Promise<Layout>;
  /** The layout of a new file whose writer does not choose one. */
  defaultLayout(): Promise<Layout>;
  /** The number of DataNodes with the first block of a file; undefined where HDFS does not tell. */
  replicas(path: string): Promise<number | undefined>;
  /** Why the sink cannot write into a folder over this protocol; undefined where it can. */
  obstacle(folder: string): Promise<Obstacle | undefined>;
  /** Deletes an empty folder. Rejects where the folder is not empty. */
  deleteEmpty(folder: string): Promise<void>;
  close(): void;
}

/** In HDFS, no limit is a negative number, or the largest number. */
export const isLimited = ({ limit }: Quota): boolean => limit >= 0 && limit < Number.MAX_SAFE_INTEGER;
