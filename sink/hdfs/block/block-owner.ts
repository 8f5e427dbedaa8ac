import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import type { RpcClient } from '../rpc/client.ts';
import type { ChunkChecksum } from '../transfer/checksum.ts';
import type { DataNodeOptions } from '../transfer/data-node.ts';
import type { Pipeline } from '../transfer/pipeline.ts';

/** Whose block it is, and how it is written. */
export interface BlockOwner extends DataNodeOptions {
  readonly rpc: RpcClient;
  readonly path: string;
  /** Holds the lease of the path. */
  readonly clientName: string;
  readonly checksum: ChunkChecksum;
  /** Whether what is acknowledged is on the DataNodes' disks, and not in their memory: hsync in place of hflush. */
  readonly sync: boolean;
  /** The most a block has. */
  readonly blockBytes: number;
}

/** A block and the pipeline that writes it, through the DataNodes that the block names. */
export interface OpenBlock {
  readonly located: LocatedBlockValid;
  readonly pipeline: Pipeline;
}
