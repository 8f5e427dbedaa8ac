import type { DescMessage, DescMethod, Message, MessageValidType } from '@bufbuild/protobuf';
import { ClientNamenodeProtocol } from '../../../sink/hdfs/generated/name-node_pb.ts';
import {
  RequestHeaderSchema,
  RpcRequestHeaderSchema,
  type RpcRequestHeaderValid,
  RpcResponseHeaderSchema,
  type RpcResponseHeaderValid,
} from '../../../sink/hdfs/generated/rpc_pb.ts';
import type { ByteReader } from '../../../sink/hdfs/wire/byte-reader.ts';
import { decode, delimited, readVarint } from '../../../sink/hdfs/wire/delimited.ts';

/** "hrpc", the version, the service class and the authentication, before the first frame. */
export const PREAMBLE_BYTES = 7;

/** A call on its way to a NameNode. */
export interface RpcCall {
  readonly header: RpcRequestHeaderValid;
  readonly method: DescMethod;
  readonly request: Message;
  /** The bytes before the request. */
  readonly headers: Buffer;
}

/** An answer on its way back. */
export interface RpcAnswer {
  readonly header: RpcResponseHeaderValid;
  readonly headerBytes: Buffer;
  readonly body: Buffer;
}

export async function readFrame(reader: ByteReader): Promise<Buffer> {
  return reader.read((await reader.read(4)).readUInt32BE());
}

export function frameOf(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Undefined for the frame with the connection's context, which is no call and has no answer. */
export function readCall(frame: Buffer): RpcCall | undefined {
  const { message: header, end } = readMessage(RpcRequestHeaderSchema, frame, 0);
  if (header.callId < 0) return undefined;
  const target = readMessage(RequestHeaderSchema, frame, end);
  const method = ClientNamenodeProtocol.methods.find(({ name }) => name === target.message.method);
  if (method === undefined) throw new Error(`no method is called ${target.message.method}`);
  const { message: request } = readMessage<DescMessage>(method.input, frame, target.end);
  return { header, method, request, headers: frame.subarray(0, target.end) };
}

export function callFrame({ headers, method, request }: RpcCall): Buffer {
  return frameOf(headers, delimited(method.input, request));
}

export function readAnswer(frame: Buffer): RpcAnswer {
  const { message: header, end } = readMessage(RpcResponseHeaderSchema, frame, 0);
  return { header, headerBytes: frame.subarray(0, end), body: frame.subarray(end) };
}

export function readMessage<Desc extends DescMessage>(
  schema: Desc,
  bytes: Buffer,
  at: number,
): { readonly message: MessageValidType<Desc>; readonly end: number } {
  const length = readVarint(bytes, at);
  if (length === undefined) throw new Error(`${schema.name} without its length`);
  const begin = at + length.length;
  const end = begin + length.value;
  return { message: decode(schema, bytes.subarray(begin, end)), end };
}
