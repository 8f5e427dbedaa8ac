import { join } from 'node:path';
import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { checkPorts } from '../process/port-check.ts';
import { wait } from '../process/wait.ts';
import { hadoopProcess, makeWebFolders } from './hdfs-daemon.ts';
import { type NameNodes, singleNameNode } from './hdfs-name-nodes.ts';
import type { HdfsOptions } from './hdfs-options.ts';
import { type AllHdfsPorts, type DataNodePorts, pickHdfsPorts, wantedPorts } from './hdfs-ports.ts';
import { dataNodeIsRegistered, nameNodeTakesWrites } from './hdfs-probe.ts';
import { commonSettings, dataNodeSettings } from './hdfs-settings.ts';
import type { DaemonContext } from './name-node.ts';
import { NameNodePair } from './name-node-pair.ts';

export interface HdfsCluster {
  /** The WebHDFS address of the first NameNode, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The WebHDFS addresses of all NameNodes. Joined by commas they are an `HDFS_URL`. */
  readonly urls: readonly string[];
  /** The same for HDFS's own protocol: `hdfs://127.0.0.1:<port>`. */
  readonly rpcUrls: readonly string[];
  /** The first NameNode. */
  readonly nameNode: ClusterNode;
  readonly nameNodes: readonly ClusterNode[];
  readonly dataNodes: readonly ClusterNode[];
  /** Starts all nodes. Resolves when HDFS takes writes. */
  start(): Promise<void>;
  /**
   * Resolves when a NameNode is active and out of safe mode, and all DataNodes have reported to it.
   *
   * @throws after the deadline
   */
  ready(withinMs?: number): Promise<void>;
  /**
   * Makes one NameNode of a pair the active one, once it is fit for that. The other NameNode steps
   * down if it answers.
   *
   * @throws where it cannot
   */
  failover(to: number): Promise<void>;
  /**
   * The same without asking the active NameNode, which must not answer at the time.
   *
   * @throws where it cannot
   */
  takeOver(to: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts real NameNodes and DataNodes on 127.0.0.1. Resolves when HDFS takes writes.
 *
 * @throws {PortsTakenError}
 */
export async function startHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  return started(await prepareHdfs(options));
}

/** Starts a prepared HDFS. Resolves when HDFS takes writes, and stops what runs where it fails. */
export async function started(hdfs: HdfsCluster): Promise<HdfsCluster> {
  try {
    await hdfs.start();
  } catch (error) {
    await hdfs.stop();
    throw error;
  }
  return hdfs;
}

/** Checks the ports and formats a single NameNode that is new. Starts no daemon. */
export async function prepareHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  const { nameNodes: nameNodeCount = 1, dataNodes: dataNodeCount = 1 } = options;
  const ports = await pickHdfsPorts(options.ports ?? {}, {
    nameNodes: nameNodeCount,
    dataNodes: dataNodeCount,
  });
  await checkPorts(wantedPorts(ports));
  const context = daemonContext(options, ports);
  const servers = ports.nameNodes.map(({ http }) => webServer(options, http));
  const nameNodes = ports.journal
    ? new NameNodePair(context, { nameNodes: servers, journal: webServer(options, ports.journal.http) })
    : await singleNameNode(context, servers[0] ?? { url: '' });
  const dataNodes = ports.dataNodes.map((own, index) => dataNodeProcess(options, context, { ...own, index }));
  return clusterOf({ servers, rpcPorts: ports.nameNodes.map(({ rpc }) => rpc) }, nameNodes, dataNodes);
}

function clusterOf(
  { servers, rpcPorts }: { readonly servers: readonly WebServer[]; readonly rpcPorts: readonly number[] },
  nameNodes: NameNodes,
  dataNodes: readonly ClusterNode[],
): HdfsCluster {
  const [nameNode] = nameNodes.nodes;
  const urls = servers.map(({ url }) => url);
  if (nameNode === undefined || urls[0] === undefined) throw new RangeError('a cluster needs a NameNode');
  const ready = (withinMs = 60_000) =>
    wait(() => takesWrites(servers, dataNodes.length), { what: 'HDFS did not take writes', withinMs });
  return {
    url: urls[0],
    urls,
    rpcUrls: rpcPorts.map((port) => `hdfs://127.0.0.1:${port}`),
    nameNode,
    nameNodes: nameNodes.nodes,
    dataNodes,
    start: async () => {
      await Promise.all([nameNodes.start(), ...dataNodes.map((node) => node.start())]);
      await ready();
    },
    ready,
    failover: (to) => nameNodes.failover(to),
    takeOver: (to) => nameNodes.takeOver(to),
    stop: async () => {
      await Promise.all(dataNodes.map((node) => node.stop()));
      await nameNodes.stop();
    },
  };
}

/** Whether one of the NameNodes takes writes. A NameNode that does not answer takes none. */
async function takesWrites(servers: readonly WebServer[], dataNodes: number): Promise<boolean> {
  const answers = servers.map((server) => nameNodeTakesWrites(server, dataNodes).catch(() => false));
  return (await Promise.all(answers)).includes(true);
}

function daemonContext(options: HdfsOptions, ports: AllHdfsPorts): DaemonContext {
  const { folder, logFolder, tls, systemProperties } = options;
  const pages = join(folder, 'pages');
  makeWebFolders(pages);
  return {
    folder,
    logFolder: logFolder ?? join(folder, 'logs'),
    settings: commonSettings(options, ports),
    classFolders: tls ? [pages, tls.confFolder] : [pages],
    systemProperties,
  };
}

function webServer({ tls }: HdfsOptions, port: number): WebServer {
  return tls ? { url: `https://127.0.0.1:${port}`, ca: tls.ca } : { url: `http://127.0.0.1:${port}` };
}

function dataNodeProcess(
  options: HdfsOptions,
  context: DaemonContext,
  own: DataNodePorts & { index: number },
): ClusterNode {
  const name = own.index === 0 ? 'datanode' : `datanode-${own.index + 1}`;
  return hadoopProcess({
    ...context,
    program: 'server.datanode.DataNode',
    name,
    folder: join(context.folder, name),
    settings: { ...context.settings, ...dataNodeSettings(options, own) },
    ready: () => dataNodeIsRegistered(webServer(options, own.http)),
  });
}
