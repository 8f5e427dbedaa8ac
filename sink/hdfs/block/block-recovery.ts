import type { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { ExtendedBlockValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import { Pipeline, PipelineError } from '../transfer/pipeline.ts';
import { findBadNodes } from './bad-nodes.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';

const { method: nameNode } = ClientNamenodeProtocol;

export interface Progress {
  readonly stage: Stage;
  /** Acknowledged, and sent: bytes of the block. */
  readonly min: number;
  readonly max: number;
}

/**
 * Builds the pipeline of a block that was begun, through as many of its DataNodes as answer, under a new generation stamp.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/DataStreamer.java
 */
export async function rebuildPipeline(
  owner: BlockOwner,
  begun: LocatedBlockValid,
  progress: Progress,
): Promise<OpenBlock> {
  const { rpc, clientName } = owner;
  const { stage, min, max } = progress;
  for (let located = begun; ; ) {
    const { block: renewed } = await rpc.call(nameNode.updateBlockForPipeline, {
      block: located.block,
      clientName,
    });
    const { generationStamp } = renewed.block;
    try {
      const candidate = { ...located, token: renewed.token };
      const how = { ...owner, stage, generationStamp, bytes: { min, max } };
      const pipeline = await Pipeline.open(candidate, how, owner);
      const block = { ...located.block, generationStamp, bytes: BigInt(min) };
      await updatePipeline(owner, located, block).catch((error: unknown) => {
        pipeline.destroy();
        throw error;
      });
      return { located: { ...candidate, block }, pipeline };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      located = await survivorsOf(owner, located, error);
    }
  }
}

/** Replicas of the generation before are void from here on. @throws {HdfsError} */
async function updatePipeline(
  { rpc, clientName }: BlockOwner,
  { block: oldBlock, locations, storageIds }: LocatedBlockValid,
  newBlock: ExtendedBlockValid,
): Promise<void> {
  const newNodes = locations.map(({ id }) => id);
  await rpc.call(nameNode.updatePipeline, { clientName, oldBlock, newBlock, newNodes, storageIds });
}

/** @throws {PipelineError} where no DataNode is left, or none can be told from the others */
export async function survivorsOf(
  owner: BlockOwner,
  located: LocatedBlockValid,
  error: PipelineError,
): Promise<LocatedBlockValid> {
  if (located.locations.length <= 1) throw error;
  const bad = await findBadNodes(owner, located, error);
  if (bad.length === 0 || bad.length === located.locations.length) throw error;
  const others = <Item>(all: readonly Item[]) => all.filter((_, index) => !bad.includes(index));
  return {
    ...located,
    locations: others(located.locations),
    storageIds: others(located.storageIds),
    storageTypes: others(located.storageTypes),
  };
}
