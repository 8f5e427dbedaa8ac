import { join } from 'node:path';
import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { checkPorts } from '../process/port-check.ts';
import { wait } from '../process/wait.ts';
import { hadoopProcess, makeWebFolders } from './hdfs-daemon.ts';
import { type DaemonContext, type NameNodes, nameNodePair, singleNameNode } from './hdfs-name-nodes.ts';
import type { HdfsOptions } from './hdfs-options.ts';
import { type AllHdfsPorts, type DataNodePorts, pickHdfsPorts, wantedPorts } from './hdfs-ports.ts';
import { dataNodeIsRegistered, nameNodeTakesWrites } from './hdfs-probe.ts';
import { commonSettings, dataNodeSettings } from './hdfs-settings.ts';

export interface HdfsCluster {
  /** Of WebHDFS at the first NameNode, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The same of all NameNodes; joined by commas they are an `HDFS_URL`. */
  readonly urls: readonly string[];
  /** The same for HDFS's own protocol: `hdfs://127.0.0.1:<port>`. */
  readonly rpcUrls: readonly string[];
  /** The first. */
  readonly nameNode: ClusterNode;
  readonly nameNodes: readonly ClusterNode[];
  readonly dataNodes: readonly ClusterNode[];
  /** Starts all nodes. Resolves when they take writes. */
  start(): Promise<void>;
  /** Resolves when a NameNode is active and out of safe mode, and all DataNodes have reported to it. @throws after the deadline */
  ready(withinMs?: number): Promise<void>;
  /** Makes this NameNode the active one, of two, once it is fit for that. The other steps down, if it answers. @throws where it cannot */
  failover(to: number): Promise<void>;
  /** The same behind the back of the active one, which is not asked: it must not answer at the time. @throws where it cannot */
  takeOver(to: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts real NameNodes and DataNodes on 127.0.0.1. Resolves when they take writes. @throws {PortsTakenError} */
export async function startHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  const hdfs = await prepareHdfs(options);
  try {
    await hdfs.start();
  } catch (error) {
    await hdfs.stop();
    throw error;
  }
  return hdfs;
}

/** Everything but the start: the ports are free; a NameNode without another is formatted, if it is new. */
export async function prepareHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  const { nameNodes: count = 1, dataNodes: wantedDataNodes = 1 } = options;
  const ports = await pickHdfsPorts(options.ports ?? {}, { nameNodes: count, dataNodes: wantedDataNodes });
  await checkPorts(wantedPorts(ports));
  const context = daemonContext(options, ports);
  const servers = ports.nameNodes.map(({ http }) => webServer(options, http));
  const nameNodes = await newNameNodes(options, ports, context);
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
  const takesWrites = async () => {
    const asked = servers.map((server) => nameNodeTakesWrites(server, dataNodes.length).catch(() => false));
    return (await Promise.all(asked)).includes(true);
  };
  const ready = (withinMs = 60_000) => wait(takesWrites, { what: 'HDFS did not take writes', withinMs });
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

async function newNameNodes(
  options: HdfsOptions,
  ports: AllHdfsPorts,
  context: DaemonContext,
): Promise<NameNodes> {
  const nameNodes = ports.nameNodes.map(({ http }) => webServer(options, http));
  if (ports.journal) {
    return nameNodePair(context, { nameNodes, journal: webServer(options, ports.journal.http) });
  }
  return singleNameNode(context, nameNodes[0] ?? { url: '' });
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
