import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterNode } from './node-process.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A node that ran so long has recovered. Its next end counts as the first one. */
const STEADY_AFTER_MS = 60_000;

/**
 * Starts a node again whenever it ends, as systemd would. The wait doubles each time the node ends
 * soon after its start. Resolves once `stopping` is aborted, and starts nothing from then on.
 */
export async function keepRunning(
  node: ClusterNode,
  stopping: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  let waitMs = FIRST_WAIT_MS;
  let startedAt = performance.now();
  while (true) {
    const how = await node.exited();
    if (stopping.aborted) return;
    if (performance.now() - startedAt > STEADY_AFTER_MS) waitMs = FIRST_WAIT_MS;
    say(`${node.name} ended (${how}); starting it again in ${waitMs / 1_000} s`);
    await delay(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) return;
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    startedAt = performance.now();
    await startAgain(node, stopping, say);
  }
}

async function startAgain(
  node: ClusterNode,
  stopping: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  try {
    await node.start();
    say(`${node.name} is back`);
  } catch (error) {
    if (!stopping.aborted) say(String(error));
  }
}
