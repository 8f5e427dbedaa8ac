import { randomBytes } from 'node:crypto';
import { HdfsError } from '../errors.ts';
import { ClientDatanodeProtocolService } from '../generated/client-data-node_pb.ts';
import type { DatanodeInfo, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { type Caller, PROTOCOL, RpcConnection } from '../rpc/connection.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { type DataNodeOptions, endpointOf } from './data-node.ts';

const { getReplicaVisibleLength } = ClientDatanodeProtocolService.method;

export interface ReplicaLengthOptions extends Pick<DataNodeOptions, 'timeoutMs' | 'byHostName'> {
  /** As whom, where blocks have no tokens. */
  readonly user: string;
}

/**
 * How much a reader finds of a block that is being written, bytes: whatever the writer was ever acknowledged. The NameNode
 * does not know it, so the DataNodes are asked, until one has the block. None of a block was acknowledged of which no DataNode has
 * ever heard. `DFSInputStream.readBlockLength` of hadoop-hdfs-client does the same.
 *
 * @throws {HdfsError} that of the last DataNode that has it, or might
 */
export async function replicaLength(
  { block, token, locations }: LocatedBlockValid,
  options: ReplicaLengthOptions,
): Promise<bigint> {
  // A cluster without block tokens gives an empty one.
  const caller = { ...options, ...(token.identifier.length > 0 && { token: async () => token }) };
  let failure: HdfsError | undefined;
  for (const node of locations) {
    try {
      return await askLength(node, block, caller);
    } catch (error) {
      if (!(error instanceof HdfsError)) throw error;
      if (error.reason !== 'ReplicaNotFoundException') failure = error;
    }
  }
  if (failure) throw failure;
  return 0n;
}

async function askLength(
  node: DatanodeInfo,
  block: LocatedBlockValid['block'],
  { timeoutMs, byHostName, ...caller }: ReplicaLengthOptions & Caller,
): Promise<bigint> {
  const { name: method, input, output } = getReplicaVisibleLength;
  const endpoint = endpointOf(node, byHostName, 'ipcPort');
  const calling = { ...caller, protocol: PROTOCOL.dataNode };
  const connection = await RpcConnection.open(endpoint, calling, timeoutMs);
  try {
    const identity = { clientId: randomBytes(16), callId: 1, retryCount: 0 };
    const request = delimited(input, { block });
    const answer = await connection.call({ method, identity, request, timeoutMs });
    return decodeDelimited(output, answer, method).length;
  } finally {
    connection.close();
  }
}
