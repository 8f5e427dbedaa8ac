import type { ClusterNode } from '../../infra/local/node-process.ts';

/** SIGKILL; it is back, and ready, when this resolves. */
export async function killAndRestart(node: ClusterNode): Promise<void> {
  await kill(node);
  await node.start();
}

export async function kill(node: ClusterNode): Promise<void> {
  await node.signal('SIGKILL');
  await node.exited();
}
