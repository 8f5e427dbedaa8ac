import type { ClusterNode } from '../../../infra/local/process/node-process.ts';

/** SIGKILL; resolves when it is dead. */
export async function kill(node: ClusterNode): Promise<void> {
  await node.signal('SIGKILL');
  await node.exited();
}
