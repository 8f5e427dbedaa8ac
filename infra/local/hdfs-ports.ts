import { freePort } from './free-port.ts';
import type { WantedPort } from './port-check.ts';

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

export interface AllHdfsPorts {
  readonly http: number;
  readonly rpc: number;
  readonly dataNodes: readonly DataNodePorts[];
}

/** Those that are given, and free ones for the rest. */
export async function pickHdfsPorts(given: Partial<HdfsPorts>, dataNodes: number): Promise<AllHdfsPorts> {
  const all: DataNodePorts[] = [];
  for (let index = 0; index < dataNodes; index += 1) {
    all.push((index === 0 ? given.dataNode : undefined) ?? (await freeDataNodePorts()));
  }
  return { http: given.http ?? (await freePort()), rpc: given.rpc ?? (await freePort()), dataNodes: all };
}

async function freeDataNodePorts(): Promise<DataNodePorts> {
  return { data: await freePort(), http: await freePort(), ipc: await freePort() };
}

export function wantedPorts(ports: AllHdfsPorts): WantedPort[] {
  return [
    { port: ports.http, of: 'NameNode, WebHDFS', variable: 'HDFS_HTTP_PORT' },
    { port: ports.rpc, of: 'NameNode, RPC', variable: 'HDFS_RPC_PORT' },
    ...ports.dataNodes.flatMap(({ data, http, ipc }) => [
      { port: data, of: 'DataNode, data', variable: 'HDFS_DATANODE_PORT' },
      { port: http, of: 'DataNode, WebHDFS', variable: 'HDFS_DATANODE_HTTP_PORT' },
      { port: ipc, of: 'DataNode, IPC', variable: 'HDFS_DATANODE_IPC_PORT' },
    ]),
  ];
}
