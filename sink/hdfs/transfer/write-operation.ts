import type { MessageInitShape } from '@bufbuild/protobuf';
import type { OpWriteBlock_Stage, OpWriteBlockSchema } from '../generated/data-transfer_pb.ts';
import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import type { ChunkChecksum } from './checksum.ts';

export interface PipelineSetup {
  readonly clientName: string;
  /** The most that the block can have, bytes. A DataNode chooses a disk with room for it. */
  readonly blockBytes: number;
  readonly stage: OpWriteBlock_Stage;
  /** The generation stamp of the block once the pipeline is open. */
  readonly generationStamp: bigint;
  /** How much of the block was acknowledged, and how much was sent. */
  readonly bytes: { readonly min: number; readonly max: number };
  readonly checksum: ChunkChecksum;
}

/**
 * The request to the first DataNode of a pipeline. It names the DataNodes behind the first one.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/proto/datatransfer.proto
 */
export function writeOperation(
  { block, token, locations, storageTypes, storageIds }: LocatedBlockValid,
  { clientName, blockBytes, stage, generationStamp, bytes, checksum }: PipelineSetup,
): MessageInitShape<typeof OpWriteBlockSchema> {
  const [storageType, ...targetStorageTypes] = storageTypes;
  const [storageId, ...targetStorageIds] = storageIds;
  return {
    header: { base: { block: { ...block, bytes: BigInt(blockBytes) }, token }, clientName },
    targets: locations.slice(1),
    stage,
    pipelineSize: locations.length,
    minBytesReceived: BigInt(bytes.min),
    maxBytesReceived: BigInt(bytes.max),
    latestGenerationStamp: generationStamp,
    requestedChecksum: checksum.kind,
    ...(storageType !== undefined && { storageType }),
    targetStorageTypes,
    ...(storageId !== undefined && { storageId }),
    targetStorageIds,
  };
}
