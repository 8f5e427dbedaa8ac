import { RpcResponseHeader_Status, type RpcResponseHeaderValid } from '../generated/rpc_pb.ts';
import type { Token } from '../sasl/token.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import type { ByteStream } from '../wire/byte-stream.ts';
import type { Channel } from '../wire/channel.ts';
import { connect, type Endpoint, nameOf, withDeadline } from '../wire/connect.ts';
import { connectionLost, HdfsError } from '../wire/errors.ts';
import { callFrame, contextFrame } from './call-frame.ts';
import { AUTH, type CallIdentity, parseAnswer, preamble, readFrame, remoteError } from './frame.ts';
import { PendingCalls } from './pending-calls.ts';
import { authenticate } from './sasl.ts';

export interface Call {
  readonly method: string;
  readonly identity: CallIdentity;
  /** The delimited message. */
  readonly request: Buffer;
  readonly timeoutMs: number;
}

/** As whom the client calls. */
export interface Caller {
  /** The user name of a client without a token. The server does not check it. */
  readonly user: string;
  /**
   * Resolves with the current delegation token, which then stands for the user. It is called for
   * each new connection.
   */
  readonly token?: (() => Promise<Token>) | undefined;
}

/** Who calls which interface. */
export interface Calling extends Caller {
  /** One of `PROTOCOL`. */
  readonly protocol: string;
}

/**
 * One connection to the RPC port of a NameNode or a DataNode, for any number of calls at once.
 * It ends with the first fault. All calls under way then reject, whether the server applied them
 * or not.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/proto/RpcHeader.proto
 */
export class RpcConnection {
  readonly #socket: ByteStream;
  readonly #name: string;
  readonly #protocol: string;
  readonly #pending = new PendingCalls((late) => this.#end(late));
  #failure: Error | undefined;

  private constructor({ socket, reader }: Channel, name: string, protocol: string) {
    this.#socket = socket;
    this.#name = name;
    this.#protocol = protocol;
    void this.#receive(reader);
  }

  /** @throws {HdfsError} `connection`; with a token also `remote`, where it is not valid */
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
    const deadline = { what: `authentication at ${name}`, timeoutMs };
    const channel = await authenticated(plain, current, deadline);
    channel.socket.write(contextFrame(protocol, {}));
    return new RpcConnection(channel, name, protocol);
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Resolves with the delimited message of the answer.
   *
   * @throws {HdfsError} `remote` where the server refused the call; `connection` where the server
   *   may have applied it or not
   */
  call({ method, identity, request, timeoutMs }: Call): Promise<Uint8Array> {
    const what = `${method} at ${this.#name}`;
    if (this.#failure) return Promise.reject(connectionLost(what, this.#failure));
    const answer = this.#pending.add({ callId: identity.callId, what, timeoutMs });
    this.#socket.write(callFrame({ method, declaringClass: this.#protocol }, identity, request));
    return answer;
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
    const { callId, status, exceptionClass, message } = header;
    if (status === RpcResponseHeader_Status.FATAL) throw this.#fatalError(header);
    const what = this.#pending.nameOf(callId);
    if (what === undefined) return;
    if (status === RpcResponseHeader_Status.SUCCESS) this.#pending.resolve(callId, body);
    else this.#pending.reject(callId, remoteError(what, exceptionClass, message));
  }

  /**
   * A fatal answer ends the connection. Where it names a call, it refuses that call only, and the
   * outcome of all other calls is unknown. Without a call the server refuses how the connection
   * began, and looks at no call: then the refusal is the answer to all of them.
   */
  #fatalError({ callId, exceptionClass, message }: RpcResponseHeaderValid): HdfsError {
    const refusal = remoteError(this.#name, exceptionClass, message);
    if (this.#pending.nameOf(callId) === undefined) return refusal;
    this.#pending.reject(callId, refusal);
    return new HdfsError('connection', refusal.reason, refusal.message, { cause: refusal });
  }

  #end(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#failure ??= failure;
    this.#socket.destroy();
    this.#pending.rejectAll(failure);
  }
}

/**
 * Sends the first bytes of a connection together with the calls it was opened for. A server that
 * refuses the user name says so and hangs up. A call that is written after that would fail, and
 * would end the socket before the refusal is read.
 */
function holdTillCalls(socket: ByteStream): void {
  socket.cork();
  setImmediate(() => socket.uncork());
}

async function authenticated(
  plain: Channel,
  token: Token,
  deadline: { readonly what: string; readonly timeoutMs: number },
): Promise<Channel> {
  try {
    return await withDeadline(plain.socket, deadline, () => authenticate(plain, token, deadline.what));
  } catch (error) {
    plain.socket.destroy();
    throw error;
  }
}
