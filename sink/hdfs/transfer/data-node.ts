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

/** The operations of the data-transfer protocol. `Op` of hadoop-hdfs-client. */
export const OP = { writeBlock: 80, readBlock: 81 } as const;

export interface DataNodeOptions {
  /** Of a connection, and of each wait for an answer, ms. */
  readonly timeoutMs: number;
  /** Whether DataNodes are reached by their names, not by the addresses the NameNode knows. `dfs.client.use.datanode.hostname`. */
  readonly byHostName?: boolean;
  /** What to prove to a DataNode before anything else, to work on the block that has this token; undefined where it wants no proof. */
  readonly loginFor?: (node: DatanodeInfo, block: Token) => Promise<Login | undefined>;
}

/** What is asked of a DataNode. */
export interface Request<Desc extends DescMessage> {
  readonly schema: Desc;
  readonly message: MessageInitShape<Desc>;
  /** What it wants to see proven before. */
  readonly login: Login | undefined;
}

/** A DataNode that has begun to carry out an operation. */
export interface Conversation extends Channel {
  readonly response: BlockOpResponseValid;
}

/** A DataNode that refused, with the one further down the pipeline that it blames. */
export class RefusedError extends HdfsError {
  /** `host:port`, as DataNodes name one another; empty where it blames nobody. */
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

/** Where a DataNode transfers data, or, at its `ipcPort`, is called. */
export function endpointOf(
  { id }: DatanodeInfo,
  byHostName = false,
  at: 'transferPort' | 'ipcPort' = 'transferPort',
): Endpoint {
  const { ipAddress = '', hostName = '' } = id ?? {};
  return { host: byHostName ? hostName : ipAddress, port: id?.[at] ?? 0 };
}

/**
 * Asks a DataNode to do something, and waits for its first answer.
 * @throws {RefusedError} where that is none of success
 * @throws {HdfsError} `connection`, or `protocol`
 */
export async function ask<Desc extends DescMessage>(
  node: DatanodeInfo,
  op: number,
  { schema, message, login }: Request<Desc>,
  { timeoutMs, byHostName }: DataNodeOptions,
): Promise<Conversation> {
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
