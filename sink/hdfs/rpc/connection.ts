import {
  IpcConnectionContextSchema,
  RequestHeaderSchema,
  RpcResponseHeader_Status,
  type RpcResponseHeaderValid,
} from '../generated/rpc_pb.ts';
import type { Token } from '../sasl/token.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import type { ByteStream } from '../wire/byte-stream.ts';
import type { Channel } from '../wire/channel.ts';
import { connect, type Endpoint, nameOf, withDeadline } from '../wire/connect.ts';
import { delimited } from '../wire/delimited.ts';
import { connectionLost, HdfsError, timedOut } from '../wire/errors.ts';
import {
  AUTH,
  type CallIdentity,
  frame,
  parseAnswer,
  preamble,
  readFrame,
  remoteError,
  requestHeader,
} from './frame.ts';
import { authenticate } from './sasl.ts';

/** The call id of the context, which nobody answers. `RpcConstants.CONNECTION_CONTEXT_CALL_ID`. */
const CONTEXT_CALL_ID = -3;
/** The interfaces whose methods are called. `ProtocolInfo` of ClientNamenodeProtocolPB and ClientDatanodeProtocolPB. */
export const PROTOCOL = {
  nameNode: 'org.apache.hadoop.hdfs.protocol.ClientProtocol',
  dataNode: 'org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol',
} as const;
/** That of both. */
const PROTOCOL_VERSION = 1n;

export interface Call {
  readonly method: string;
  readonly identity: CallIdentity;
  /** The delimited message. */
  readonly request: Buffer;
  readonly timeoutMs: number;
}

/** Who calls. */
export interface Caller {
  /** As whom, where there is no token. */
  readonly user: string;
  /** The delegation token to act by as it now is, in place of a name. Asked for with each connection. */
  readonly token?: (() => Promise<Token>) | undefined;
}

/** What is wanted of a connection. */
export interface Calling extends Caller {
  /** One of `PROTOCOL`. */
  readonly protocol: string;
}

interface Pending {
  readonly what: string;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection to a NameNode, or to a DataNode as far as that is called, for any number of calls at once. It ends with the
 * first fault; every call it then has rejects as `connection`, applied or not.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/proto/RpcHeader.proto
 */
export class RpcConnection {
  readonly #socket: ByteStream;
  readonly #name: string;
  readonly #protocol: string;
  readonly #pending = new Map<number, Pending>();
  #failure: Error | undefined;

  private constructor({ socket, reader }: Channel, name: string, protocol: string) {
    this.#socket = socket;
    this.#name = name;
    this.#protocol = protocol;
    void this.#receive(reader);
  }

  /** @throws {HdfsError} `connection`; where there is a token also `remote`, if that is not good */
  static async open(
    endpoint: Endpoint,
    { user, token, protocol }: Calling,
    timeoutMs: number,
  ): Promise<RpcConnection> {
    const name = nameOf(endpoint);
    const current = await token?.();
    const socket = await connect(endpoint, timeoutMs);
    const plain = { socket, reader: new ByteReader(socket, name) };
    if (current === undefined) {
      holdTillCalls(socket);
      socket.write(Buffer.concat([preamble(AUTH.none), contextFrame(protocol, { effectiveUser: user })]));
      return new RpcConnection(plain, name, protocol);
    }
    const what = `authentication at ${name}`;
    try {
      const channel = await withDeadline(socket, { what, timeoutMs }, () =>
        authenticate(plain, current, what),
      );
      channel.socket.write(contextFrame(protocol, {}));
      return new RpcConnection(channel, name, protocol);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Resolves with the delimited message that answers.
   * @throws {HdfsError} `remote` where the server refused it; `connection` where it may or may not be applied
   */
  call({ method, identity, request, timeoutMs }: Call): Promise<Uint8Array> {
    const what = `${method} at ${this.#name}`;
    if (this.#failure) return Promise.reject(connectionLost(what, this.#failure));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(timedOut(what, timeoutMs)), timeoutMs);
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
      this.#socket.write(callFrame({ method, declaringClass: this.#protocol }, identity, request));
    });
  }

  close(): void {
    this.#end(new HdfsError('connection', 'ECONNABORTED', `${this.#name}: closed`));
  }

  async #receive(reader: ByteReader): Promise<void> {
    try {
      for (;;) this.#answer(await readFrame(reader, this.#name));
    } catch (error) {
      this.#end(error);
    }
  }

  #answer(frame: Buffer): void {
    const { header, body } = parseAnswer(frame, this.#name);
    if (header.status === RpcResponseHeader_Status.FATAL) {
      throw this.#refusedConnection(header);
    }
    const pending = this.#pending.get(header.callId);
    if (pending === undefined) return;
    if (header.status === RpcResponseHeader_Status.SUCCESS) pending.resolve(body);
    else pending.reject(remoteError(pending.what, header.exceptionClass, header.message));
  }

  /** Whatever it says of one call says nothing of the others. Without a call it is about how the connection began: none is looked at. */
  #refusedConnection({ callId, exceptionClass, message }: RpcResponseHeaderValid): HdfsError {
    const refusal = remoteError(this.#name, exceptionClass, message);
    const pending = this.#pending.get(callId);
    if (pending === undefined) return refusal;
    pending.reject(refusal);
    return new HdfsError('connection', refusal.reason, refusal.message, { cause: refusal });
  }

  #end(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#failure ??= failure;
    this.#socket.destroy();
    for (const pending of [...this.#pending.values()]) pending.reject(endOf(pending.what, failure));
  }
}

/**
 * What opens the connection goes out together with the calls it is opened for. A server that refuses the name says so and
 * hangs up: a call written after that would fail, and end the socket, before the refusal is read.
 */
function holdTillCalls(socket: ByteStream): void {
  socket.cork();
  setImmediate(() => socket.uncork());
}

/** The end of the connection, as a call that it took along tells it. */
function endOf(what: string, failure: Error): Error {
  if (!(failure instanceof HdfsError) || failure.message.startsWith(what)) return failure;
  return new HdfsError(failure.kind, failure.reason, `${what}: ${failure.message}`, { cause: failure });
}

function contextFrame(protocol: string, user: { readonly effectiveUser?: string }): Buffer {
  const header = requestHeader({ clientId: new Uint8Array(16), callId: CONTEXT_CALL_ID, retryCount: -1 });
  return frame([header, delimited(IpcConnectionContextSchema, { user, protocol })]);
}

function callFrame(
  called: { readonly method: string; readonly declaringClass: string },
  identity: CallIdentity,
  request: Buffer,
): Buffer {
  const target = { ...called, clientProtocolVersion: PROTOCOL_VERSION };
  return frame([requestHeader(identity), delimited(RequestHeaderSchema, target), request]);
}
