import type { Socket } from 'node:net';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { BinaryReader, sizeDelimitedEncode } from '@bufbuild/protobuf/wire';
import { ClientDatanodeProtocolService } from '../../../../sink/hdfs/generated/client-data-node_pb.ts';
import { ClientNamenodeProtocol } from '../../../../sink/hdfs/generated/name-node_pb.ts';
import {
  RequestHeaderSchema,
  RpcRequestHeaderSchema,
  RpcResponseHeaderSchema,
  RpcResponseHeader_Status as Status,
} from '../../../../sink/hdfs/generated/rpc_pb.ts';
import { Incoming } from './incoming.ts';
import { LoopbackServer } from './loopback-server.ts';

const METHODS = { ...ClientNamenodeProtocol.method, ...ClientDatanodeProtocolService.method };
type Methods = typeof METHODS;
export type MethodName = keyof Methods;

/** A call as it came. */
export interface SeenCall {
  readonly method: string;
  /** The Java interface of the method. */
  readonly declaringClass: string;
  readonly clientId: string;
  readonly callId: number;
  readonly retryCount: number;
  readonly socket: Socket;
}

/** The exception of a server in place of an answer. */
export class Refusal {
  readonly exceptionClass: string;
  readonly status: Status;

  constructor(exceptionClass: string, status: Status = Status.ERROR) {
    this.exceptionClass = exceptionClass;
    this.status = status;
  }
}

/** Arbitrary bytes in place of an answer. Without bytes there is no answer. */
export class RawAnswer {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = Buffer.alloc(0)) {
    this.bytes = bytes;
  }
}

export type Reply<Output extends DescMessage> = MessageInitShape<Output> | Refusal | RawAnswer;

export type NameNodeScript = {
  [Name in MethodName]?: (
    request: MessageShape<Methods[Name]['input']>,
    call: SeenCall,
  ) => Reply<Methods[Name]['output']> | Promise<Reply<Methods[Name]['output']>>;
};

type AnyHandler = (request: unknown, call: SeenCall) => Reply<DescMessage> | Promise<Reply<DescMessage>>;

/** "hrpc", the version, the service class and the authentication. */
const PREAMBLE_BYTES = 7;

/**
 * Speaks Hadoop's RPC as a NameNode, or as the RPC port of a DataNode. It answers each call by its
 * script, which a test may change at any time. A call that is not in the script gets no answer.
 */
export class FakeNameNode {
  script: NameNodeScript;
  readonly seen: SeenCall[] = [];
  #server: LoopbackServer | undefined;

  private constructor(script: NameNodeScript) {
    this.script = script;
  }

  static async start(script: NameNodeScript = {}): Promise<FakeNameNode> {
    const nameNode = new FakeNameNode(script);
    nameNode.#server = await LoopbackServer.start((socket) => void nameNode.#serve(socket));
    return nameNode;
  }

  get server(): LoopbackServer {
    if (!this.#server) throw new Error('not started');
    return this.#server;
  }

  get endpoint(): { readonly host: string; readonly port: number } {
    return this.server.endpoint;
  }

  calls(method: MethodName): readonly SeenCall[] {
    return this.seen.filter((call) => call.method === method);
  }

  async #serve(socket: Socket): Promise<void> {
    const incoming = new Incoming(socket);
    await incoming.take(PREAMBLE_BYTES);
    for (;;) {
      const length = await incoming.take(4);
      const frame = length && (await incoming.take(length.readUInt32BE()));
      if (!frame) break;
      const reader = new BinaryReader(frame);
      const header = fromBinary(RpcRequestHeaderSchema, reader.bytes());
      if (header.callId >= 0) void this.#answer(socket, header, reader);
    }
    socket.end();
  }

  async #answer(
    socket: Socket,
    { clientId, callId, retryCount }: MessageShape<typeof RpcRequestHeaderSchema>,
    reader: BinaryReader,
  ): Promise<void> {
    const { method: name, declaringClass } = fromBinary(RequestHeaderSchema, reader.bytes());
    const method = METHODS[name as MethodName];
    const request = fromBinary(method.input, reader.bytes());
    const call = {
      method: name,
      declaringClass,
      clientId: Buffer.from(clientId).toString('hex'),
      callId,
      retryCount,
      socket,
    };
    this.seen.push(call);
    const handler = this.script[name as MethodName] as AnyHandler | undefined;
    const reply = handler ? await handler(request, call) : new RawAnswer();
    if (!socket.destroyed) socket.write(answerBytes(callId, method.output, reply));
  }
}

function answerBytes(callId: number, output: DescMessage, reply: Reply<DescMessage>): Uint8Array {
  if (reply instanceof RawAnswer) return reply.bytes;
  if (reply instanceof Refusal) {
    const { status, exceptionClass } = reply;
    return answerFrame({ callId, status, exceptionClass, message: 'told to\n\tat a.stack.Trace' });
  }
  return answerFrame({ callId, status: Status.SUCCESS }, delimitedBytes(output, reply));
}

/** Encodes an answer. */
export function answerFrame(
  header: MessageInitShape<typeof RpcResponseHeaderSchema>,
  body: Uint8Array = Buffer.alloc(0),
): Buffer {
  return framed(Buffer.concat([delimitedBytes(RpcResponseHeaderSchema, header), body]));
}

export function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function delimitedBytes<Desc extends DescMessage>(
  schema: Desc,
  init: MessageInitShape<Desc>,
): Uint8Array {
  return sizeDelimitedEncode(schema, create(schema, init));
}
