import type { Socket } from 'node:net';
import { HdfsError, late, lost, nonsense } from '../errors.ts';
import {
  IpcConnectionContextSchema,
  RequestHeaderSchema,
  RpcRequestHeader_Kind,
  RpcRequestHeader_Operation,
  RpcRequestHeaderSchema,
  RpcResponseHeader_Status,
  RpcResponseHeaderSchema,
  type RpcResponseHeaderValid,
} from '../generated/rpc_pb.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { connect, type Endpoint, nameOf } from '../wire/connect.ts';
import { decode, delimited, readVarint } from '../wire/delimited.ts';

/** What a connection begins with: "hrpc", version 9, service class 0, no SASL. `RpcConstants` and `Server.Connection` of hadoop-common. */
const PREAMBLE = Buffer.from([...Buffer.from('hrpc'), 9, 0, 0]);
/** The call id of the context, which nobody answers. `RpcConstants.CONNECTION_CONTEXT_CALL_ID`. */
const CONTEXT_CALL_ID = -3;
/** The interface whose methods are called, and its version. `ClientProtocol.versionID`, `ProtocolInfo` of ClientNamenodeProtocolPB. */
const PROTOCOL = 'org.apache.hadoop.hdfs.protocol.ClientProtocol';
const PROTOCOL_VERSION = 1n;
/** Far above any answer: a listing comes in parts of a thousand names. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** Which call of which client: what stays the same where it is sent again. */
export interface CallIdentity {
  /** Sixteen random bytes. */
  readonly clientId: Uint8Array;
  readonly callId: number;
  /** 0 for the first time. */
  readonly retryCount: number;
}

export interface Call {
  readonly method: string;
  readonly identity: CallIdentity;
  /** The delimited message. */
  readonly request: Buffer;
  readonly timeoutMs: number;
}

interface Pending {
  readonly what: string;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection to a NameNode, for any number of calls at once. It ends with the first fault; every call it then has
 * rejects as `lost`, applied or not.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/proto/RpcHeader.proto
 */
export class RpcConnection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #pending = new Map<number, Pending>();
  #failure: Error | undefined;

  private constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    void this.#receive();
  }

  /** @throws {HdfsError} `lost` */
  static async open(endpoint: Endpoint, user: string, timeoutMs: number): Promise<RpcConnection> {
    const socket = await connect(endpoint, timeoutMs);
    const connection = new RpcConnection(socket, nameOf(endpoint));
    socket.write(Buffer.concat([PREAMBLE, contextFrame(user)]));
    return connection;
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Resolves with the delimited message that answers.
   * @throws {HdfsError} `remote` where the server refused it; `lost` where it may or may not be applied
   */
  call({ method, identity, request, timeoutMs }: Call): Promise<Uint8Array> {
    const what = `${method} at ${this.#name}`;
    if (this.#failure) return Promise.reject(lost(what, this.#failure));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(late(what, timeoutMs)), timeoutMs);
      const settled = () => {
        clearTimeout(timer);
        this.#pending.delete(identity.callId);
      };
      this.#pending.set(identity.callId, {
        what,
        resolve: (response) => {
          settled();
          resolve(response);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.#socket.write(callFrame(method, identity, request));
    });
  }

  close(): void {
    this.#end(new HdfsError('lost', 'ECONNABORTED', `${this.#name}: closed`));
  }

  async #receive(): Promise<void> {
    const reader = new ByteReader(this.#socket, this.#name);
    try {
      for (;;) {
        const length = (await reader.read(4)).readUInt32BE();
        if (length > MAX_RESPONSE_BYTES) throw nonsense(this.#name, `answer of ${length} bytes`);
        this.#answer(await reader.read(length));
      }
    } catch (error) {
      this.#end(error);
    }
  }

  #answer(frame: Buffer): void {
    const length = readVarint(frame, 0);
    if (length === undefined || length.length + length.value > frame.length) {
      throw nonsense(this.#name, 'AnswerWithoutHeader');
    }
    const end = length.length + length.value;
    const header = decode(RpcResponseHeaderSchema, frame.subarray(length.length, end));
    if (header.status === RpcResponseHeader_Status.FATAL) {
      throw this.#refusedConnection(header);
    }
    const pending = this.#pending.get(header.callId);
    if (pending === undefined) return;
    if (header.status === RpcResponseHeader_Status.SUCCESS) pending.resolve(frame.subarray(end));
    else pending.reject(remoteError(pending.what, header.exceptionClass, header.message));
  }

  /** Whatever it says of one call says nothing of the others. Without a call it is about how the connection began: none is looked at. */
  #refusedConnection({ callId, exceptionClass, message }: RpcResponseHeaderValid): HdfsError {
    const refusal = remoteError(this.#name, exceptionClass, message);
    const pending = this.#pending.get(callId);
    if (pending === undefined) return refusal;
    pending.reject(refusal);
    return new HdfsError('lost', refusal.reason, refusal.message, { cause: refusal });
  }

  #end(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#failure ??= failure;
    this.#socket.destroy();
    for (const pending of [...this.#pending.values()]) pending.reject(failure);
  }
}

function frame(parts: readonly Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([length, ...parts]);
}

function contextFrame(user: string): Buffer {
  const header = requestHeader({ clientId: new Uint8Array(16), callId: CONTEXT_CALL_ID, retryCount: -1 });
  const context = { user: { effectiveUser: user }, protocol: PROTOCOL };
  return frame([header, delimited(IpcConnectionContextSchema, context)]);
}

function callFrame(method: string, identity: CallIdentity, request: Buffer): Buffer {
  const target = { method, declaringClass: PROTOCOL, clientProtocolVersion: PROTOCOL_VERSION };
  return frame([requestHeader(identity), delimited(RequestHeaderSchema, target), request]);
}

function requestHeader(identity: CallIdentity): Buffer {
  return delimited(RpcRequestHeaderSchema, {
    kind: RpcRequestHeader_Kind.PROTOCOL_BUFFER,
    operation: RpcRequestHeader_Operation.FINAL_PACKET,
    ...identity,
  });
}

/** The class's simple name decides; its message's first line is what it says, and a stack trace the rest. */
function remoteError(what: string, exceptionClass: string, message: string): HdfsError {
  const nameAt = Math.max(exceptionClass.lastIndexOf('.'), exceptionClass.lastIndexOf('$')) + 1;
  const reason = exceptionClass.slice(nameAt) || 'RemoteException';
  const [firstLine = ''] = message.split('\n', 1);
  return new HdfsError('remote', reason, `${what}: ${reason}: ${firstLine}`);
}
