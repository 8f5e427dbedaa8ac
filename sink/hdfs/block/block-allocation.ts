import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfoValid, ExtendedBlockValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import { Pipeline } from '../transfer/pipeline.ts';
import { PipelineError } from '../transfer/pipeline-error.ts';
import { HdfsError } from '../wire/errors.ts';
import { findBadNodes } from './bad-nodes.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** `dfs.client.block.write.retries`: the client asks this often for other DataNodes. */
const ALLOCATION_ATTEMPTS = 4;
const ALLOCATION_PAUSE_MS = 20;

/** Begins a new block, without the DataNodes that do not answer. @throws {HdfsError} */
export async function allocateBlock(owner: BlockOwner, previous?: ExtendedBlockValid): Promise<OpenBlock> {
  const { path: source, clientName } = owner;
  const excludeNodes: DatanodeInfoValid[] = [];
  let failure: PipelineError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const request = { source, clientName, excludeNodes, ...(previous && { previous }) };
    const added = addBlock(owner, request);
    const located = await added.catch((error) => Promise.reject(withCause(error, failure)));
    try {
      return { located, pipeline: await openPipeline(owner, located) };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      const { block } = located;
      await owner.rpc.call(nameNode.abandonBlock, { block, source, holder: clientName });
      if (attempt === ALLOCATION_ATTEMPTS) throw error;
      const bad = await findBadNodes(owner, located, error);
      excludeNodes.push(...located.locations.filter((_, index) => bad.includes(index)));
      failure = error;
    }
  }
}

function openPipeline(owner: BlockOwner, located: LocatedBlockValid): Promise<Pipeline> {
  const { generationStamp } = located.block;
  const setup = { stage: Stage.PIPELINE_SETUP_CREATE, generationStamp, bytes: { min: 0, max: 0 } };
  return Pipeline.open(located, { ...owner, ...setup }, owner);
}

/**
 * Asks the NameNode for a block. The NameNode refuses while it does not know all blocks but the
 * last as complete. It learns that from the DataNodes, a moment after the client does.
 */
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

/** The NameNode says only that no DataNode is left. This adds what the last DataNode said. */
function withCause(error: unknown, failure: PipelineError | undefined): unknown {
  if (failure === undefined || !(error instanceof HdfsError)) return error;
  return new HdfsError(error.kind, error.reason, `${error.message} (${failure.message})`, { cause: failure });
}
