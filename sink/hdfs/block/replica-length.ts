import { randomBytes } from 'node:crypto';
import { ClientDatanodeProtocolService } from '../generated/client-data-node_pb.ts';
import type { DatanodeInfo, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { PROTOCOL } from '../rpc/call-frame.ts';
import { type Caller, RpcConnection } from '../rpc/connection.ts';
import { type DataNodeOptions, endpointOf } from '../transfer/data-node.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { HdfsError } from '../wire/errors.ts';

const { getReplicaVisibleLength } = ClientDatanodeProtocolService.method;

type DataNodeAccess = Pick<DataNodeOptions, 'timeoutMs' | 'byHostName'>;

export interface ReplicaLengthOptions extends DataNodeAccess {
  /** The user name where blocks have no tokens. */
  readonly user: string;
}

/**
 * How much of a block under construction a reader finds, bytes. It is at least the acknowledged
 * length, because every DataNode of the pipeline has the acknowledged data.
 *
 * The NameNode knows only the length that the writer last reported, so the client asks the
 * DataNodes. A block has no acknowledged data where no DataNode has a replica and the NameNode was
 * told of no length. `DFSInputStream` of hadoop-hdfs-client does the same, but takes the first
 * answer.
 *
 * @throws {HdfsError} where the length remains unknown
 */
export async function replicaLength(
  { block, token, locations }: LocatedBlockValid,
  { user, ...access }: ReplicaLengthOptions,
): Promise<bigint> {
  // A cluster without block tokens gives an empty one.
  const caller = { user, ...(token.identifier.length > 0 && { token: async () => token }) };
  const answers = await Promise.all(locations.map((node) => askLength(node, block, caller, access)));
  const lengths = answers.filter((answer) => typeof answer === 'bigint');
  const failure = answers.find((answer) => answer instanceof HdfsError);
  if (lengths.length === 0 && failure) throw failure;
  const longest = lengths.reduce((most, length) => (length > most ? length : most), 0n);
  if (locations.length > 0 && longest >= block.bytes) return longest;
  const message = `block ${block.blockId}: of ${block.bytes} bytes or more the DataNodes have ${longest}`;
  throw new HdfsError('remote', 'BlockMissingException', message);
}

/** The length of a DataNode's replica, or why it is unknown; undefined where it has no replica. */
async function askLength(
  node: DatanodeInfo,
  block: LocatedBlockValid['block'],
  caller: Caller,
  access: DataNodeAccess,
): Promise<bigint | HdfsError | undefined> {
  try {
    const length = BigInt.asIntN(64, await callLength(node, block, caller, access));
    // A DataNode that was restarted since lets nobody read its replica until it is recovered.
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
  { timeoutMs, byHostName }: DataNodeAccess,
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
