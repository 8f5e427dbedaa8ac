import type { HdfsPorts } from './hdfs-ports.ts';

/** What an HDFS of this machine consists of. */
export interface HdfsOptions {
  /** Holds the data of all nodes. Existing data is used again. */
  readonly folder: string;
  /** A port that is left out becomes a free one. `dataNode` belongs to the first DataNode. */
  readonly ports?: Partial<HdfsPorts>;
  /**
   * How long an append waits before it completes. The shipped file says 10, Hadoop's own default is
   * 400.
   */
  readonly closeDelayMs?: number;
  /** Two NameNodes are a pair. The first one is active at the start. */
  readonly nameNodes?: 1 | 2;
  readonly dataNodes?: number;
  /** Further Hadoop properties for all nodes. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Further Java system properties for all nodes. */
  readonly systemProperties?: Readonly<Record<string, string>>;
  /** The nodes speak HTTPS in place of HTTP. */
  readonly tls?: HdfsTls;
  /** The default is `<folder>/logs`. */
  readonly logFolder?: string;
}

export interface HdfsTls {
  /** Contains the `ssl-server.xml` that names the keystore for 127.0.0.1. */
  readonly confFolder: string;
  /** PEM of the authority that signed the certificate. */
  readonly ca: string;
}
