import { OpReadBlockSchema } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfoValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ask, OP } from '../transfer/data-node.ts';
import type { PipelineError } from '../transfer/pipeline.ts';
import { HdfsError } from '../wire/errors.ts';
import type { BlockOwner } from './block-owner.ts';

/** A DataNode that can do anything at all answers within milliseconds; one that is wrongly called silent is only left out of one block. */
const ROLL_CALL_MS = 5_000;

/**
 * Indices of the DataNodes that are to be left out after a pipeline broke: the one that was accused, or, where nobody was,
 * those that are silent. Hadoop's own client leaves out the first then, and waits for each DataNode longer than for the
 * next one, so that it hears from the last that answers; a call of the roll needs no such order of time-outs.
 */
export async function findBadNodes(
  owner: BlockOwner,
  located: LocatedBlockValid,
  { badNode }: PipelineError,
): Promise<readonly number[]> {
  if (badNode !== undefined) return [badNode];
  const silent = await Promise.all(located.locations.map((node) => isSilent(owner, located, node)));
  return silent.flatMap((is, index) => (is ? [index] : []));
}

/** Any answer will do, a refusal as well: asked is for nothing of a block that it may not have. */
async function isSilent(
  owner: BlockOwner,
  { block, token }: LocatedBlockValid,
  node: DatanodeInfoValid,
): Promise<boolean> {
  const { clientName } = owner;
  const message = { header: { base: { block, token }, clientName }, offset: 0n, length: 0n };
  // Not the DataNode's fault, if that fails.
  const login = await owner.loginFor?.(node, token);
  const timeoutMs = Math.min(ROLL_CALL_MS, owner.timeoutMs);
  try {
    const request = { schema: OpReadBlockSchema, message, login };
    const { socket } = await ask(node, OP.readBlock, request, { ...owner, timeoutMs });
    socket.destroy();
    return false;
  } catch (error) {
    if (!(error instanceof HdfsError)) throw error;
    return error.kind === 'connection';
  }
}
