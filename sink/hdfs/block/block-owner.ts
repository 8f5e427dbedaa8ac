import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import type { RpcClient } from '../rpc/client.ts';
import type { ChunkChecksum } from '../transfer/checksum.ts';
import type { DataNodeOptions } from '../transfer/data-node.ts';
import type { Pipeline } from '../transfer/pipeline.ts';

/** The file of a block, and how its blocks are written. */
export interface BlockOwner extends DataNodeOptions {
  readonly rpc: RpcClient;
  readonly path: string;
  /** The client that holds the lease of the path. */
  readonly clientName: string;
  readonly checksum: ChunkChecksum;
  /** Whether acknowledged data are on the DataNodes' disks (hsync), not only in memory (hflush). */
  readonly sync: boolean;
  /** The most that a block can have, bytes. */
  readonly blockBytes: number;
}

/** A block, and the pipeline of its DataNodes. */
export interface OpenBlock {
  readonly located: LocatedBlockValid;
  readonly pipeline: Pipeline;
}
