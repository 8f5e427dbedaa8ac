import { freePort } from '../process/free-port.ts';
import type { WantedPort } from '../process/port-check.ts';

export interface DataNodePorts {
  readonly data: number;
  readonly http: number;
  readonly ipc: number;
}

export interface HdfsPorts {
  /** The NameNode's port for WebHDFS. */
  readonly http: number;
  readonly rpc: number;
  readonly dataNode: DataNodePorts;
}

/** The ports of a NameNode or of the journal. `http` speaks HTTPS in a cluster with TLS. */
export interface ServerPorts {
  readonly http: number;
  readonly rpc: number;
}

export interface AllHdfsPorts {
  readonly nameNodes: readonly ServerPorts[];
  /** The journal in which the NameNodes of a pair share their edits. */
  readonly journal: ServerPorts | undefined;
  readonly dataNodes: readonly DataNodePorts[];
}

/** The given ports, and free ports for the rest. */
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

/**
 * The ports of the first NameNode and of the DataNodes. All other ports were picked as free ones.
 */
export function wantedPorts({
  nameNodes,
  dataNodes,
}: Pick<AllHdfsPorts, 'nameNodes' | 'dataNodes'>): WantedPort[] {
  return [
    ...nameNodes.slice(0, 1).flatMap(({ http, rpc }) => [
      { port: http, server: 'NameNode, WebHDFS', variable: 'HDFS_HTTP_PORT' },
      { port: rpc, server: 'NameNode, RPC', variable: 'HDFS_RPC_PORT' },
    ]),
    ...dataNodes.flatMap(({ data, http, ipc }) => [
      { port: data, server: 'DataNode, data', variable: 'HDFS_DATANODE_PORT' },
      { port: http, server: 'DataNode, WebHDFS', variable: 'HDFS_DATANODE_HTTP_PORT' },
      { port: ipc, server: 'DataNode, IPC', variable: 'HDFS_DATANODE_IPC_PORT' },
    ]),
  ];
}
