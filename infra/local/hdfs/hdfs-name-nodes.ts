import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { wait } from '../process/wait.ts';
import { type HadoopDaemon, hadoopProcess, runHadoop, type Settings } from './hdfs-daemon.ts';
import { journalAnswers, nameNodeAnswers, nameNodeIsActive, nameNodeIsInSafeMode } from './hdfs-probe.ts';
import { NAMESERVICE, nameNodeId } from './hdfs-settings.ts';

/** The NameNode, or the two of a pair with the journal between them. */
export interface NameNodes {
  readonly nodes: readonly ClusterNode[];
  /** Starts all, formatting what is new. One of them is active then. */
  start(): Promise<void>;
  /** As an operator does it: the active one is asked to step down, and fenced where it does not answer. */
  failover(to: number): Promise<void>;
  /** The same behind the back of the active one, which is not asked: it must not answer at the time. */
  takeOver(to: number): Promise<void>;
  stop(): Promise<void>;
}

/** What all daemons of a cluster have in common. */
export type DaemonContext = Pick<
  HadoopDaemon,
  'settings' | 'logFolder' | 'classFolders' | 'systemProperties'
> & {
  /** Data of all nodes. */
  readonly folder: string;
};

/** A NameNode that was just started has to hear of its blocks first. */
const FIT_WITHIN_MS = 60_000;
const NAMENODE = 'server.namenode.NameNode';

/** Formatted at once, only where it is new, so that the cluster's nodes can be started in any order. */
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

/** @param servers of the two NameNodes and of the journal */
export function nameNodePair(
  context: DaemonContext,
  servers: { readonly nameNodes: readonly WebServer[]; readonly journal: WebServer },
): NameNodes {
  const names = ['namenode', 'namenode-2'];
  const journal = journalProcess(context, servers.journal);
  const contexts = names.map((_, index) => ({ ...context, settings: ownSettings(context, index) }));
  const nodes = servers.nameNodes.map((server, index) =>
    nameNodeProcess(contexts[index] ?? context, names[index] ?? '', server),
  );
  const untilFit = async (to: number) => {
    const isFit = async () => !(await nameNodeIsInSafeMode(servers.nameNodes[to] ?? { url: '' }));
    await wait(isFit, { what: `${names[to]} was not fit to become active`, withinMs: FIT_WITHIN_MS });
  };
  const failover = async (to: number) => {
    await untilFit(to);
    await administer(context, ['-failover', nameNodeId(1 - to), nameNodeId(to)]);
  };
  const takeOver = async (to: number) => {
    await untilFit(to);
    await administer(context, ['-transitionToActive', '--forceactive', nameNodeId(to)]);
  };
  const start = async () => {
    await journal.start();
    for (const [index, node] of nodes.entries()) {
      // The first formats the journal too; the second takes over what the first has, which must run for that.
      const how = index === 0 ? ['-format', '-nonInteractive'] : ['-bootstrapStandby', '-nonInteractive'];
      await formatWhenNew(contexts[index] ?? context, names[index] ?? '', how);
      await node.start();
    }
    const active = await Promise.all(servers.nameNodes.map(nameNodeIsActive));
    if (!active.includes(true)) await failover(0);
  };
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await journal.stop();
  };
  return { nodes, start, failover, takeOver, stop };
}

/** Both listen on one address, so that they cannot find out by it which of the two they are. */
function ownSettings({ settings }: DaemonContext, index: number): Settings {
  return { ...settings, 'dfs.ha.namenode.id': nameNodeId(index) };
}

/** Formats beside and moves into place, so that one cut short is not taken for a formatted folder. */
async function formatWhenNew(context: DaemonContext, name: string, args: readonly string[]): Promise<void> {
  const folder = join(context.folder, name);
  if (existsSync(folder)) return;
  const beside = `${folder}.new`;
  rmSync(beside, { recursive: true, force: true });
  await runHadoop({ ...context, program: NAMENODE, folder: beside, args });
  renameSync(beside, folder);
}

function nameNodeProcess(context: DaemonContext, name: string, server: WebServer): ClusterNode {
  return hadoopProcess({
    ...context,
    program: NAMENODE,
    name,
    folder: join(context.folder, name),
    ready: () => nameNodeAnswers(server),
  });
}

function journalProcess(context: DaemonContext, server: WebServer): ClusterNode {
  const folder = join(context.folder, 'journal');
  return hadoopProcess({
    ...context,
    program: 'qjournal.server.JournalNode',
    name: 'journal',
    folder,
    settings: { ...context.settings, 'dfs.journalnode.edits.dir': folder },
    ready: () => journalAnswers(server),
  });
}

function administer(context: DaemonContext, args: readonly string[]): Promise<void> {
  const program = 'tools.DFSHAAdmin';
  const folder = join(context.folder, 'admin');
  return runHadoop({ ...context, program, folder, args: ['-ns', NAMESERVICE, ...args] });
}
