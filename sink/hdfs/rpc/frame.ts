import {
  RpcRequestHeader_Kind,
  RpcRequestHeader_Operation,
  RpcRequestHeaderSchema,
  RpcResponseHeaderSchema,
  type RpcResponseHeaderValid,
} from '../generated/rpc_pb.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { decode, delimited, readVarint } from '../wire/delimited.ts';
import { HdfsError, protocolError } from '../wire/errors.ts';

/** Far above any answer: a listing comes in parts of a thousand names. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** How a connection goes on after its first bytes. `Server.AuthProtocol` of hadoop-common. */
export const AUTH = { none: 0, sasl: -33 } as const;

/** What a connection begins with: "hrpc", version 9, service class 0, and how it goes on. `RpcConstants` and `Server.Connection` of hadoop-common. */
export function preamble(auth: number): Buffer {
  return Buffer.from([...Buffer.from('hrpc'), 9, 0, auth]);
}

export function frame(parts: readonly Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([length, ...parts]);
}

/** Which call of which client. The identity stays the same where the call is sent again. */
export interface CallIdentity {
  /** Sixteen random bytes. */
  readonly clientId: Uint8Array;
  readonly callId: number;
  /** 0 for the first attempt. */
  readonly retryCount: number;
}

export function requestHeader(identity: CallIdentity): Buffer {
  return delimited(RpcRequestHeaderSchema, {
    kind: RpcRequestHeader_Kind.PROTOCOL_BUFFER,
    operation: RpcRequestHeader_Operation.FINAL_PACKET,
    ...identity,
  });
}

/** How the answer of an HTTP server begins, "HTTP", read as a length. */
const HTTP = 0x48_54_54_50;

/** What is in the next frame. @param what the other side @throws {HdfsError} */
export async function readFrame(reader: ByteReader, what: string): Promise<Buffer> {
  const length = (await reader.read(4)).readUInt32BE();
  if (length === HTTP) throw new HdfsError('protocol', 'SpeaksHttp', `${what}: that port speaks HTTP`);
  if (length > MAX_RESPONSE_BYTES) throw protocolError(`${what}: answer of ${length} bytes`, 'TooLong');
  return reader.read(length);
}

export interface Answer {
  readonly header: RpcResponseHeaderValid;
  /** What follows the header. */
  readonly body: Buffer;
}

/** @throws {HdfsError} `protocol` */
export function parseAnswer(frame: Buffer, what: string): Answer {
  const length = readVarint(frame, 0);
  if (length === undefined || length.length + length.value > frame.length) {
    throw protocolError(what, 'AnswerWithoutHeader');
  }
  const end = length.length + length.value;
  const header = decode(RpcResponseHeaderSchema, frame.subarray(length.length, end));
  return { header, body: frame.subarray(end) };
}

/** What a server says that wants more than a name. `Server.Connection` of hadoop-common. */
const NAME_NOT_ENOUGH = 'SIMPLE authentication is not enabled';

/** The class's simple name decides; its message's first line is what it says, and a stack trace the rest. */
export function remoteError(what: string, exceptionClass: string, message: string): HdfsError {
  const nameAt = Math.max(exceptionClass.lastIndexOf('.'), exceptionClass.lastIndexOf('$')) + 1;
  const reason = exceptionClass.slice(nameAt) || 'RemoteException';
  const [firstLine = ''] = message.split('\n', 1);
  const advice = firstLine.startsWith(NAME_NOT_ENOUGH)
    ? ' (the cluster is secured: a delegation token is needed)'
    : '';
  return new HdfsError('remote', reason, `${what}: ${reason}: ${firstLine}${advice}`);
}
