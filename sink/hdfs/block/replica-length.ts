import { randomBytes } from 'node:crypto';
import { ClientDatanodeProtocolService } from '../generated/client-data-node_pb.ts';
import type { DatanodeInfo, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { type Caller, PROTOCOL, RpcConnection } from '../rpc/connection.ts';
import { type DataNodeOptions, endpointOf } from '../transfer/data-node.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { HdfsError } from '../wire/errors.ts';

const { getReplicaVisibleLength } = ClientDatanodeProtocolService.method;

type Reach = Pick<DataNodeOptions, 'timeoutMs' | 'byHostName'>;

export interface ReplicaLengthOptions extends Reach {
  /** As whom, where blocks have no tokens. */
  readonly user: string;
}

/**
 * How much a reader finds of a block that is being written, bytes: at least what the writer was ever acknowledged, which every
 * DataNode of its pipeline has. The NameNode knows only what it was told, so the DataNodes are asked. Nothing was acknowledged of
 * a block of which none of them has ever heard, and the NameNode neither. As `DFSInputStream` of hadoop-hdfs-client does, which
 * goes by the first that answers.
 *
 * @throws {HdfsError} where nobody knows
 */
export async function replicaLength(
  { block, token, locations }: LocatedBlockValid,
  { user, ...reach }: ReplicaLengthOptions,
): Promise<bigint> {
  // A cluster without block tokens gives an empty one.
  const caller = { user, ...(token.identifier.length > 0 && { token: async () => token }) };
  const answers = await Promise.all(locations.map((node) => askLength(node, block, caller, reach)));
  const lengths = answers.filter((answer) => typeof answer === 'bigint');
  const failure = answers.find((answer) => answer instanceof HdfsError);
  if (lengths.length === 0 && failure) throw failure;
  const longest = lengths.reduce((most, length) => (length > most ? length : most), 0n);
  if (locations.length > 0 && longest >= block.bytes) return longest;
  const says = `block ${block.blockId}: of ${block.bytes} bytes or more the DataNodes have ${longest}`;
  throw new HdfsError('remote', 'BlockMissingException', says);
}

/** Undefined where the DataNode has never heard of the block; else its length, or why it is not told. */
async function askLength(
  node: DatanodeInfo,
  block: LocatedBlockValid['block'],
  caller: Caller,
  reach: Reach,
): Promise<bigint | HdfsError | undefined> {
  try {
    const length = BigInt.asIntN(64, await callLength(node, block, caller, reach));
    // One that has been restarted since has it, but does not let anybody read it before it is recovered.
    return length < 0n
      ? new HdfsError('remote', 'NotReadable', `block ${block.blockId}: not readable`)
      : length;
  } catch (error) {
    if (!(error instanceof HdfsError)) throw error;
    return error.reason === 'ReplicaNotFoundException' ? undefined : error;
  }
}

async function callLength(
  node: DatanodeInfo,
  block: LocatedBlockValid['block'],
  caller: Caller,
  { timeoutMs, byHostName }: Reach,
): Promise<bigint> {
  const { name: method, input, output } = getReplicaVisibleLength;
  const calling = { ...caller, protocol: PROTOCOL.dataNode };
  const connection = await RpcConnection.open(endpointOf(node, byHostName, 'ipcPort'), calling, timeoutMs);
  try {
    const identity = { clientId: randomBytes(16), callId: 1, retryCount: 0 };
    const request = delimited(input, { block });
    const answer = await connection.call({ method, identity, request, timeoutMs });
    return decodeDelimited(output, answer, method).length;
  } finally {
    connection.close();
  }
}
