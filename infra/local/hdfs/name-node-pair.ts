import { join } from 'node:path';
import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { wait } from '../process/wait.ts';
import { hadoopProcess, runHadoop } from './hdfs-daemon.ts';
import type { NameNodes } from './hdfs-name-nodes.ts';
import { journalAnswers, nameNodeIsActive, nameNodeIsInSafeMode } from './hdfs-probe.ts';
import { NAMESERVICE, nameNodeId } from './hdfs-settings.ts';
import { type DaemonContext, formatWhenNew, nameNodeProcess } from './name-node.ts';

/** The HTTP servers of a pair. */
export interface PairServers {
  readonly nameNodes: readonly WebServer[];
  readonly journal: WebServer;
}

/** A NameNode that was just started waits for the reports of its blocks. */
const FIT_WITHIN_MS = 60_000;

interface PairMember {
  readonly name: string;
  readonly server: WebServer;
  readonly context: DaemonContext;
  readonly node: ClusterNode;
}

/** Owns two NameNodes and the journal through which they share their edits. */
export class NameNodePair implements NameNodes {
  readonly #context: DaemonContext;
  readonly #journal: ClusterNode;
  readonly #members: readonly PairMember[];

  constructor(context: DaemonContext, servers: PairServers) {
    this.#context = context;
    this.#journal = journalProcess(context, servers.journal);
    this.#members = servers.nameNodes.map((server, index) => pairMember(context, server, index));
  }

  get nodes(): readonly ClusterNode[] {
    return this.#members.map(({ node }) => node);
  }

  async start(): Promise<void> {
    await this.#journal.start();
    for (const [index, { context, name, node }] of this.#members.entries()) {
      // The first NameNode also formats the journal. The second one copies the first, which must
      // run.
      const format = index === 0 ? '-format' : '-bootstrapStandby';
      await formatWhenNew(context, name, [format, '-nonInteractive']);
      await node.start();
    }
    const active = await Promise.all(this.#members.map(({ server }) => nameNodeIsActive(server)));
    if (!active.includes(true)) await this.failover(0);
  }

  async failover(to: number): Promise<void> {
    await this.#untilFit(to);
    await this.#administer(['-failover', nameNodeId(1 - to), nameNodeId(to)]);
  }

  async takeOver(to: number): Promise<void> {
    await this.#untilFit(to);
    await this.#administer(['-transitionToActive', '--forceactive', nameNodeId(to)]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.#journal.stop();
  }

  async #untilFit(index: number): Promise<void> {
    const member = this.#members[index];
    if (member === undefined) throw new RangeError(`there is no NameNode ${index}`);
    await wait(async () => !(await nameNodeIsInSafeMode(member.server)), {
      what: `${member.name} was not fit to become active`,
      withinMs: FIT_WITHIN_MS,
    });
  }

  #administer(args: readonly string[]): Promise<void> {
    return runHadoop({
      ...this.#context,
      program: 'tools.DFSHAAdmin',
      folder: join(this.#context.folder, 'admin'),
      args: ['-ns', NAMESERVICE, ...args],
    });
  }
}

/** Both NameNodes listen on one address, so each of them has to be told its own id. */
function pairMember(context: DaemonContext, server: WebServer, index: number): PairMember {
  const name = index === 0 ? 'namenode' : `namenode-${index + 1}`;
  const settings = { ...context.settings, 'dfs.ha.namenode.id': nameNodeId(index) };
  const own = { ...context, settings };
  return { name, server, context: own, node: nameNodeProcess(own, name, server) };
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
