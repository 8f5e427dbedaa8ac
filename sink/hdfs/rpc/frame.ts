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

/** Far above the length of any answer: a listing comes in parts of a thousand names. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** How a connection goes on after its first bytes. `Server.AuthProtocol` of hadoop-common. */
export const AUTH = { none: 0, sasl: -33 } as const;

/**
 * The first bytes of a connection: "hrpc", version 9, service class 0, and the authentication.
 * `RpcConstants` and `Server.Connection` of hadoop-common.
 */
export function preamble(auth: number): Buffer {
  return Buffer.from([...Buffer.from('hrpc'), 9, 0, auth]);
}

/** Joins the parts, with their length in four bytes before them. */
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

/** "HTTP", the first bytes of an HTTP server's answer, read as the length of a frame. */
const HTTP = 0x48_54_54_50;

/** Reads the content of the next frame. @param what name of the server @throws {HdfsError} */
export async function readFrame(reader: ByteReader, what: string): Promise<Buffer> {
  const length = (await reader.read(4)).readUInt32BE();
  if (length === HTTP) throw new HdfsError('protocol', 'SpeaksHttp', `${what}: that port speaks HTTP`);
  if (length > MAX_RESPONSE_BYTES) throw protocolError(`${what}: answer of ${length} bytes`, 'TooLong');
  return reader.read(length);
}

export interface Answer {
  readonly header: RpcResponseHeaderValid;
  /** The bytes after the header. */
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

/**
 * A server's message where a bare user name is not enough. `Server.Connection` of hadoop-common.
 */
const NAME_NOT_ENOUGH = 'SIMPLE authentication is not enabled';

/**
 * The error of a server's exception. Its reason is the class's simple name. Of the server's message
 * it keeps the first line, because a stack trace follows.
 */
export function remoteError(what: string, exceptionClass: string, message: string): HdfsError {
  const nameAt = Math.max(exceptionClass.lastIndexOf('.'), exceptionClass.lastIndexOf('$')) + 1;
  const reason = exceptionClass.slice(nameAt) || 'RemoteException';
  const [firstLine = ''] = message.split('\n', 1);
  const advice = firstLine.startsWith(NAME_NOT_ENOUGH)
    ? ' (the cluster is secured: a delegation token is needed)'
    : '';
  return new HdfsError('remote', reason, `${what}: ${reason}: ${firstLine}${advice}`);
}
