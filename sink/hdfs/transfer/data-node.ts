import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import {
  BlockOpResponseSchema,
  type BlockOpResponseValid,
  Status,
  StatusSchema,
} from '../generated/data-transfer_pb.ts';
import type { DatanodeInfo } from '../generated/hdfs_pb.ts';
import type { Login } from '../sasl/login.ts';
import type { Token } from '../sasl/token.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import { connect, type Endpoint, nameOf, withDeadline } from '../wire/connect.ts';
import { delimited } from '../wire/delimited.ts';
import { HdfsError } from '../wire/errors.ts';
import { authenticate } from './sasl.ts';

/** `DataTransferProtocol.DATA_TRANSFER_VERSION`. */
const VERSION = 28;

/** Operation codes of the data-transfer protocol. `Op` of hadoop-hdfs-client. */
export const OP = { writeBlock: 80, readBlock: 81 } as const;

export interface DataNodeOptions {
  /** Deadline of each connection, and of each wait for an answer, ms. */
  readonly timeoutMs: number;
  /**
   * Whether the client connects to DataNodes by host name, not by the IP address that the NameNode
   * knows. `dfs.client.use.datanode.hostname`.
   */
  readonly byHostName?: boolean;
  /**
   * The login that a DataNode wants before an operation on the block with this token; undefined
   * where the DataNode wants none.
   */
  readonly loginFor?: (node: DatanodeInfo, block: Token) => Promise<Login | undefined>;
}

/** The request of an operation. */
export interface OperationRequest<Desc extends DescMessage> {
  readonly schema: Desc;
  readonly message: MessageInitShape<Desc>;
  /** The login that the DataNode wants first. */
  readonly login: Login | undefined;
}

/** An operation that a DataNode has begun. Its packets and acknowledgements follow. */
export interface StartedOperation extends Channel {
  readonly response: BlockOpResponseValid;
}

/** A DataNode refused an operation. */
export class RefusedError extends HdfsError {
  /**
   * The DataNode further down the pipeline that failed, as `host:port`; empty where the refusal
   * names none.
   */
  readonly firstBadLink: string;

  constructor(what: string, { status, firstBadLink, message }: BlockOpResponseValid) {
    const name = statusName(status);
    super('remote', name, `${what}: ${name}: ${message || firstBadLink}`);
    this.firstBadLink = firstBadLink;
  }
}

export function statusName(status: Status): string {
  return StatusSchema.value[status]?.name ?? `status ${status}`;
}

/** The address of a DataNode: its port for data transfer, or its port for RPC, `ipcPort`. */
export function endpointOf(
  { id }: DatanodeInfo,
  byHostName = false,
  port: 'transferPort' | 'ipcPort' = 'transferPort',
): Endpoint {
  const { ipAddress = '', hostName = '' } = id ?? {};
  return { host: byHostName ? hostName : ipAddress, port: id?.[port] ?? 0 };
}

/**
 * Sends the request of an operation to a DataNode, and waits for its first answer.
 *
 * @throws {RefusedError} where the answer is not a success
 * @throws {HdfsError} `connection`, `protocol`, or `remote` where the login is refused
 */
export async function startOperation<Desc extends DescMessage>(
  node: DatanodeInfo,
  op: number,
  { schema, message, login }: OperationRequest<Desc>,
  { timeoutMs, byHostName }: DataNodeOptions,
): Promise<StartedOperation> {
  const endpoint = endpointOf(node, byHostName);
  const what = `${schema.name} at DataNode ${nameOf(endpoint)}`;
  const socket = await connect(endpoint, timeoutMs);
  const plain = { socket, reader: new ByteReader(socket, what) };
  try {
    return await withDeadline(socket, { what, timeoutMs }, async () => {
      const channel = login === undefined ? plain : await authenticate(plain, login, what);
      channel.socket.write(Buffer.concat([Buffer.from([0, VERSION, op]), delimited(schema, message)]));
      const response = await channel.reader.message(BlockOpResponseSchema);
      if (response.status !== Status.SUCCESS) throw new RefusedError(what, response);
      return { ...channel, response };
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
