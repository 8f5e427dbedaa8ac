import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataNodePorts, type HdfsPorts, pickHdfsPorts, wantedPorts } from './hdfs-ports.ts';
import { dataNodeIsRegistered, nameNodeAnswers, nameNodeTakesWrites } from './hdfs-probe.ts';
import { type JavaProgram, javaCommandLine, runJava } from './java.ts';
import { type ClusterNode, NodeProcess } from './node-process.ts';
import { checkPorts } from './port-check.ts';
import { root } from './root.ts';

export interface HdfsOptions {
  /** Data of all nodes; what is there is used again. */
  readonly folder: string;
  /** Free ones for what is left out. `dataNode` is the first DataNode's. */
  readonly ports?: Partial<HdfsPorts>;
  /** What an append waits before it completes; the shipped file says 10, most clusters have Hadoop's own 400. */
  readonly closeDelayMs?: number;
  readonly dataNodes?: number;
  /** Further Hadoop properties, for all nodes. */
  readonly properties?: Readonly<Record<string, string>>;
  /** `<folder>/logs` where it is left out. */
  readonly logFolder?: string;
}

export interface HdfsCluster {
  /** Of WebHDFS at the NameNode, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly nameNode: ClusterNode;
  readonly dataNodes: readonly ClusterNode[];
  /** Resolves when the NameNode is out of safe mode and all DataNodes have reported to it. @throws after the deadline */
  ready(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real NameNode and DataNodes on 127.0.0.1. Resolves when they take writes. @throws {PortsTakenError} */
export async function startHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  const hdfs = await prepareHdfs(options);
  try {
    await Promise.all([hdfs.nameNode, ...hdfs.dataNodes].map((node) => node.start()));
    await hdfs.ready();
  } catch (error) {
    await hdfs.stop();
    throw error;
  }
  return hdfs;
}

/** Everything but the start: the NameNode's folder is formatted (only when new), the ports are free. */
export async function prepareHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  const ports = await pickHdfsPorts(options.ports ?? {}, options.dataNodes ?? 1);
  await checkPorts(wantedPorts(ports));
  const settings = commonSettings(options, ports);
  await formatWhenNew(options.folder, settings);
  const nameNode = nameNodeProcess(options, settings, ports.http);
  const dataNodes = ports.dataNodes.map((own, index) =>
    dataNodeProcess(options, settings, { ...own, index }),
  );
  return {
    url: `http://127.0.0.1:${ports.http}`,
    nameNode,
    dataNodes,
    ready: (withinMs = 60_000) =>
      untilReady(() => nameNodeTakesWrites(ports.http, dataNodes.length), withinMs),
    stop: async () => {
      await Promise.all(dataNodes.map((node) => node.stop()));
      await nameNode.stop();
    },
  };
}

type Settings = Readonly<Record<string, string>>;

function commonSettings(
  { closeDelayMs, properties }: HdfsOptions,
  ports: { rpc: number; http: number },
): Settings {
  return {
    'fs.defaultFS': `hdfs://127.0.0.1:${ports.rpc}`,
    'dfs.namenode.rpc-address': `127.0.0.1:${ports.rpc}`,
    'dfs.namenode.http-address': `127.0.0.1:${ports.http}`,
    ...(closeDelayMs === undefined
      ? {}
      : { 'dfs.client.block.write.locateFollowingBlock.initial.delay.ms': String(closeDelayMs) }),
    ...properties,
  };
}

/** Formats beside and moves into place, so that one cut short is not taken for a formatted folder. */
async function formatWhenNew(folder: string, settings: Settings): Promise<void> {
  const nameNode = join(folder, 'namenode');
  if (existsSync(nameNode)) return;
  const beside = join(folder, 'namenode.new');
  rmSync(beside, { recursive: true, force: true });
  const formatting = { ...settings, 'hadoop.tmp.dir': beside };
  await runJava(hadoop('namenode.NameNode', beside, formatting, ['-format', '-nonInteractive']));
  renameSync(beside, nameNode);
}

function nameNodeProcess(options: HdfsOptions, settings: Settings, httpPort: number): NodeProcess {
  const folder = join(options.folder, 'namenode');
  return new NodeProcess({
    name: 'namenode',
    ...javaCommandLine(hadoop('namenode.NameNode', folder, { ...settings, 'hadoop.tmp.dir': folder }, [])),
    logFile: logFile(options, 'namenode'),
    ready: () => nameNodeAnswers(httpPort),
  });
}

function dataNodeProcess(
  options: HdfsOptions,
  settings: Settings,
  own: DataNodePorts & { index: number },
): NodeProcess {
  const name = own.index === 0 ? 'datanode' : `datanode-${own.index + 1}`;
  const folder = join(options.folder, name);
  const ownSettings = {
    ...settings,
    'hadoop.tmp.dir': folder,
    'dfs.datanode.address': `127.0.0.1:${own.data}`,
    'dfs.datanode.http.address': `127.0.0.1:${own.http}`,
    'dfs.datanode.ipc.address': `127.0.0.1:${own.ipc}`,
  };
  return new NodeProcess({
    name,
    ...javaCommandLine(hadoop('datanode.DataNode', folder, ownSettings, [])),
    logFile: logFile(options, name),
    ready: () => dataNodeIsRegistered(own.http),
  });
}

function logFile({ folder, logFolder }: HdfsOptions, name: string): string {
  return join(logFolder ?? join(folder, 'logs'), `${name}.log`);
}

/** Hadoop's daemons take `-D name=value` before their own arguments; what is given so wins over the shipped files. */
function hadoop(daemon: string, folder: string, settings: Settings, args: readonly string[]): JavaProgram {
  makeWebFolders(folder);
  return {
    product: 'hadoop',
    mainClass: `org.apache.hadoop.hdfs.server.${daemon}`,
    heapMb: 384,
    classFolders: [join(root, 'infra/local/hdfs'), folder],
    args: [...Object.entries(settings).flatMap(([name, value]) => ['-D', `${name}=${value}`]), ...args],
  };
}

/** The daemons look for their pages on the class path and do not start without; Maven Central's jars have none. */
function makeWebFolders(folder: string): void {
  mkdirSync(join(folder, 'webapps/hdfs'), { recursive: true });
  mkdirSync(join(folder, 'webapps/datanode'), { recursive: true });
}

async function untilReady(ready: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (await ready().catch(() => false)) return;
    await delay(50);
  }
  throw new Error(`HDFS did not take writes within ${withinMs} ms`);
}
