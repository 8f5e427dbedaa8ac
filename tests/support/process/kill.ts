import type { ClusterNode } from '../../../infra/local/process/node-process.ts';

/** Sends SIGKILL. Resolves when the node has ended. */
export async function kill(node: ClusterNode): Promise<void> {
  await node.signal('SIGKILL');
  await node.exited();
}
