import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { type DaemonContext, formatWhenNew, nameNodeProcess } from './name-node.ts';

/** The NameNode of a cluster, or the two NameNodes of a pair with their journal. */
export interface NameNodes {
  readonly nodes: readonly ClusterNode[];
  /** Formats what is new and starts all. One NameNode is active then. */
  start(): Promise<void>;
  /**
   * Makes the NameNode at the index `to` the active one, as an operator does. The active NameNode
   * is asked to step down, and fenced where it does not answer.
   */
  failover(to: number): Promise<void>;
  /** The same without asking the active NameNode, which must not answer at the time. */
  takeOver(to: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A NameNode without another one. It is formatted at once if it is new, so the nodes of the cluster
 * can be started in any order.
 */
export async function singleNameNode(context: DaemonContext, server: WebServer): Promise<NameNodes> {
  const node = nameNodeProcess(context, 'namenode', server);
  const noOther = () => Promise.reject(new Error('there is no other NameNode'));
  await formatWhenNew(context, 'namenode', ['-format', '-nonInteractive']);
  return {
    nodes: [node],
    start: () => node.start(),
    failover: noOther,
    takeOver: noOther,
    stop: () => node.stop(),
  };
}
