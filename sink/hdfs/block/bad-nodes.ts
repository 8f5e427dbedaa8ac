import { OpReadBlockSchema } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfoValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { OP, startOperation } from '../transfer/data-node.ts';
import type { PipelineError } from '../transfer/pipeline-error.ts';
import { HdfsError } from '../wire/errors.ts';
import type { BlockOwner } from './block-owner.ts';

/**
 * Deadline of the question whether a DataNode answers at all. A DataNode in order answers within
 * milliseconds. One that is wrongly taken for silent is left out of a single block.
 */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Finds the DataNodes to leave out after a pipeline broke, as indices of `located.locations`.
 *
 * It is the DataNode that the error names. Where the error names none, it is every DataNode that
 * does not answer. Hadoop's client leaves out the first DataNode in that case. For this it waits
 * for each DataNode longer than that DataNode waits for the next, so that the last one to answer is
 * heard. Asking every DataNode needs no such order of time-outs.
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

/**
 * Whether a DataNode gives no answer to a read of zero bytes. A refusal is an answer too: the
 * DataNode may not have the block.
 */
async function isSilent(
  owner: BlockOwner,
  { block, token }: LocatedBlockValid,
  node: DatanodeInfoValid,
): Promise<boolean> {
  const { clientName } = owner;
  const message = { header: { base: { block, token }, clientName }, offset: 0n, length: 0n };
  // Outside of the `try`: a missing login is no fault of the DataNode.
  const login = await owner.loginFor?.(node, token);
  const timeoutMs = Math.min(PROBE_TIMEOUT_MS, owner.timeoutMs);
  try {
    const request = { schema: OpReadBlockSchema, message, login };
    const { socket } = await startOperation(node, OP.readBlock, request, { ...owner, timeoutMs });
    socket.destroy();
    return false;
  } catch (error) {
    if (!(error instanceof HdfsError)) throw error;
    return error.kind === 'connection';
  }
}
