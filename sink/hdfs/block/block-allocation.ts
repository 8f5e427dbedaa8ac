import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfoValid, ExtendedBlockValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import { Pipeline, PipelineError } from '../transfer/pipeline.ts';
import { HdfsError } from '../wire/errors.ts';
import { findBadNodes } from './bad-nodes.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** `dfs.client.block.write.retries`: so often other DataNodes are asked for. */
const ALLOCATION_ATTEMPTS = 4;
const ALLOCATION_PAUSE_MS = 20;

/** A new block, without the DataNodes that do not answer. @throws {HdfsError} */
export async function allocateBlock(owner: BlockOwner, previous?: ExtendedBlockValid): Promise<OpenBlock> {
  const { rpc, path, clientName } = owner;
  const excludeNodes: DatanodeInfoValid[] = [];
  let failure: PipelineError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const request = { source: path, clientName, excludeNodes, ...(previous && { previous }) };
    const asked = addBlock(owner, request);
    const located = await asked.catch((error) => Promise.reject(withCause(error, failure)));
    try {
      const { generationStamp } = located.block;
      const how = {
        ...owner,
        stage: Stage.PIPELINE_SETUP_CREATE,
        generationStamp,
        bytes: { min: 0, max: 0 },
      };
      const pipeline = await Pipeline.open(located, how, owner);
      return { located, pipeline };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      await rpc.call(nameNode.abandonBlock, { block: located.block, source: path, holder: clientName });
      if (attempt === ALLOCATION_ATTEMPTS) throw error;
      const bad = await findBadNodes(owner, located, error);
      excludeNodes.push(...located.locations.filter((_, index) => bad.includes(index)));
      failure = error;
    }
  }
}

/** The NameNode hears of a block's replicas from the DataNodes, and adds none until it knows all but the last block complete. */
async function addBlock(
  { rpc, timeoutMs }: BlockOwner,
  request: MessageInitShape<typeof nameNode.addBlock.input>,
): Promise<LocatedBlockValid> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return (await rpc.call(nameNode.addBlock, request)).block;
    } catch (error) {
      const isTooEarly = error instanceof HdfsError && error.reason === 'NotReplicatedYetException';
      if (!isTooEarly || performance.now() > untilMs) throw error;
    }
    await delay(ALLOCATION_PAUSE_MS);
  }
}

/** The NameNode only says that no DataNode is left, not what the others said. */
function withCause(error: unknown, failure: PipelineError | undefined): unknown {
  if (failure === undefined || !(error instanceof HdfsError)) return error;
  return new HdfsError(error.kind, error.reason, `${error.message} (${failure.message})`, { cause: failure });
}
