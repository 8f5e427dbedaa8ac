import { type BenchHdfs, CLOSE_DELAYS_MS } from './bench-hdfs.ts';

/** An HDFS, and the protocol that the sink speaks to it. */
export interface Transport extends BenchHdfs {
  /** The value of the property that tells two transports of one kind apart. */
  readonly value: string;
  readonly protocol: 'http' | 'hdfs';
}

/** Two transports of one protocol, and the property that tells them apart. */
export interface TransportKind {
  readonly name: string;
  readonly what: string;
  readonly meaning: string;
  readonly first: Transport;
  readonly second: Transport;
}

const ONE = { closeDelayMs: CLOSE_DELAYS_MS.shipped, dataNodes: 1 } as const;

/** Only WebHDFS closes the file with each append, so the close delay matters only there. */
export const WEBHDFS: TransportKind = {
  name: 'WebHDFS',
  what: 'close delay',
  meaning: `*Close delay* is the DataNode's setting
\`dfs.client.block.write.locateFollowingBlock.initial.delay.ms\`. This project ships 10 ms, Hadoop
ships 400 ms.`,
  first: { ...ONE, value: '10 ms', protocol: 'http' },
  second: { ...ONE, value: '400 ms', protocol: 'http', closeDelayMs: CLOSE_DELAYS_MS.hadoop },
};

export const HDFS: TransportKind = {
  name: '`hdfs://`',
  what: 'copies',
  meaning: `Each copy of a block is on a DataNode of its own. All DataNodes share this machine's processors.`,
  first: { ...ONE, value: '1', protocol: 'hdfs' },
  second: { ...ONE, value: '3', protocol: 'hdfs', dataNodes: 3 },
};
