import { freePort } from '../process/free-port.ts';
import type { WantedPort } from '../process/port-check.ts';

export interface DataNodePorts {
  readonly data: number;
  readonly http: number;
  readonly ipc: number;
}

export interface HdfsPorts {
  /** WebHDFS at the NameNode. */
  readonly http: number;
  readonly rpc: number;
  readonly dataNode: DataNodePorts;
}

/** Of the NameNode or of the journal: what answers HTTP, or HTTPS where the cluster speaks that, and RPC. */
export interface ServerPorts {
  readonly http: number;
  readonly rpc: number;
}

export interface AllHdfsPorts {
  readonly nameNodes: readonly ServerPorts[];
  /** Where the NameNodes of a pair keep what they both need to know. */
  readonly journal: ServerPorts | undefined;
  readonly dataNodes: readonly DataNodePorts[];
}

/** Those that are given, and free ones for the rest. */
export async function pickHdfsPorts(
  given: Partial<HdfsPorts>,
  wanted: { readonly nameNodes: 1 | 2; readonly dataNodes: number },
): Promise<AllHdfsPorts> {
  const first = { http: given.http ?? (await freePort()), rpc: given.rpc ?? (await freePort()) };
  const dataNodes: DataNodePorts[] = [];
  for (let index = 0; index < wanted.dataNodes; index += 1) {
    dataNodes.push((index === 0 ? given.dataNode : undefined) ?? (await freeDataNodePorts()));
  }
  if (wanted.nameNodes === 1) return { nameNodes: [first], journal: undefined, dataNodes };
  return { nameNodes: [first, await freeServerPorts()], journal: await freeServerPorts(), dataNodes };
}

async function freeServerPorts(): Promise<ServerPorts> {
  return { http: await freePort(), rpc: await freePort() };
}

async function freeDataNodePorts(): Promise<DataNodePorts> {
  return { data: await freePort(), http: await freePort(), ipc: await freePort() };
}

/** Those of the first NameNode and of the DataNodes: the others' are free ones always. */
export function wantedPorts({
  nameNodes,
  dataNodes,
}: Pick<AllHdfsPorts, 'nameNodes' | 'dataNodes'>): WantedPort[] {
  return [
    ...nameNodes.slice(0, 1).flatMap(({ http, rpc }) => [
      { port: http, of: 'NameNode, WebHDFS', variable: 'HDFS_HTTP_PORT' },
      { port: rpc, of: 'NameNode, RPC', variable: 'HDFS_RPC_PORT' },
    ]),
    ...dataNodes.flatMap(({ data, http, ipc }) => [
      { port: data, of: 'DataNode, data', variable: 'HDFS_DATANODE_PORT' },
      { port: http, of: 'DataNode, WebHDFS', variable: 'HDFS_DATANODE_HTTP_PORT' },
      { port: ipc, of: 'DataNode, IPC', variable: 'HDFS_DATANODE_IPC_PORT' },
    ]),
  ];
}
