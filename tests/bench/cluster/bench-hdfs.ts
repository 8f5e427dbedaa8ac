/** The DataNode's close delay in ms: as shipped here, and as Hadoop ships it. */
export const CLOSE_DELAYS_MS = { shipped: 10, hadoop: 400 } as const;

/** An HDFS that a benchmark asks for. */
export interface BenchHdfs {
  readonly closeDelayMs: number;
  readonly dataNodes: number;
  /** Copies of each block. The default is one on each DataNode. */
  readonly copies?: number;
  /** A DataNode keeps room for a whole block of each open file. The default is HDFS' own. */
  readonly blockBytes?: number;
}
