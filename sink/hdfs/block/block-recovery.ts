import type { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { ExtendedBlockValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import { Pipeline } from '../transfer/pipeline.ts';
import { PipelineError } from '../transfer/pipeline-error.ts';
import { findBadNodes } from './bad-nodes.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';

const { method: nameNode } = ClientNamenodeProtocol;

export interface Progress {
  readonly stage: Stage;
  /** How much of the block was acknowledged, bytes. */
  readonly min: number;
  /** How much of the block was sent, bytes. */
  readonly max: number;
}

/**
 * Rebuilds the pipeline of a block that was begun, under a new generation stamp. It uses as many of
 * the block's DataNodes as answer.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/DataStreamer.java
 *
 * @throws {PipelineError} where no DataNode is left
 * @throws {HdfsError} where the NameNode does not take the new pipeline
 */
export async function rebuildPipeline(
  owner: BlockOwner,
  begun: LocatedBlockValid,
  progress: Progress,
): Promise<OpenBlock> {
  for (let located = begun; ; ) {
    try {
      return await openAgain(owner, located, progress);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      located = await survivorsOf(owner, located, error);
    }
  }
}

async function openAgain(
  owner: BlockOwner,
  located: LocatedBlockValid,
  { stage, min, max }: Progress,
): Promise<OpenBlock> {
  const { rpc, clientName } = owner;
  const request = { block: located.block, clientName };
  const { block: renewed } = await rpc.call(nameNode.updateBlockForPipeline, request);
  const { generationStamp } = renewed.block;
  const candidate = { ...located, token: renewed.token };
  const setup = { ...owner, stage, generationStamp, bytes: { min, max } };
  const pipeline = await Pipeline.open(candidate, setup, owner);
  const block = { ...located.block, generationStamp, bytes: BigInt(min) };
  try {
    await updatePipeline(owner, located, block);
  } catch (error) {
    pipeline.destroy();
    throw error;
  }
  return { located: { ...candidate, block }, pipeline };
}

/**
 * Tells the NameNode of the new generation stamp. Replicas of the old generation are void from then
 * on. @throws {HdfsError}
 */
async function updatePipeline(
  { rpc, clientName }: BlockOwner,
  { block: oldBlock, locations, storageIds }: LocatedBlockValid,
  newBlock: ExtendedBlockValid,
): Promise<void> {
  const newNodes = locations.map(({ id }) => id);
  await rpc.call(nameNode.updatePipeline, { clientName, oldBlock, newBlock, newNodes, storageIds });
}

/**
 * The block without its bad DataNodes.
 *
 * @throws {PipelineError} where no DataNode is left, or no DataNode can be told from the others
 */
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
