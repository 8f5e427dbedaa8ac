import { randomBytes } from 'node:crypto';
import type { DescMessage, MessageInitShape, MessageValidType } from '@bufbuild/protobuf';
import { type Endpoint, nameOf } from '../wire/connect.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { HdfsError } from '../wire/errors.ts';
import { PROTOCOL } from './call-frame.ts';
import { type Caller, RpcConnection } from './connection.ts';

export interface RpcClientOptions extends Caller {
  /** The NameNodes of one cluster. The active NameNode serves the calls. */
  readonly nameNodes: readonly Endpoint[];
  /** Deadline of each attempt, ms. */
  readonly timeoutMs: number;
}

/** A method of a service, and its messages. */
export interface Method<Request extends DescMessage, Response extends DescMessage> {
  readonly name: string;
  readonly input: Request;
  readonly output: Response;
}

/** Exceptions of a NameNode that did not look at the call: a standby, or one that is starting. */
const NOT_ACTIVE: readonly string[] = ['StandbyException', 'RetriableException'];
/** Call ids are positive signed numbers of 32 bits. */
const MAX_CALL_ID = 0x7fff_ffff;

/**
 * Calls the active NameNode, over one connection to each NameNode.
 *
 * A call without an answer is sent once more to each NameNode, with the same client id and call id.
 * The NameNode's retry cache recognises by these ids a call that it has applied already, and
 * repeats the first answer. A standby has the same cache.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/HDFSHighAvailabilityWithQJM.html
 */
export class RpcClient {
  readonly #options: RpcClientOptions;
  readonly #clientId = randomBytes(16);
  readonly #connections = new Map<Endpoint, Promise<RpcConnection>>();
  #lastCallId = 0;
  #first = 0;
  #closed = false;

  constructor(options: RpcClientOptions) {
    if (options.nameNodes.length === 0) throw new RangeError('no NameNode is given');
    this.#options = options;
  }

  /** @throws {HdfsError} */
  call<Request extends DescMessage, Response extends DescMessage>(
    method: Method<Request, Response>,
    request: MessageInitShape<Request>,
  ): Promise<MessageValidType<Response>> {
    return this.#callAndDecode(method, request, true);
  }

  /**
   * The same, for a call that is in no retry cache and must not be applied twice. It is not sent
   * again where a NameNode may have applied it.
   *
   * @throws {HdfsError} `connection` also where the call was applied, or may be applied later
   */
  callOnce<Request extends DescMessage, Response extends DescMessage>(
    method: Method<Request, Response>,
    request: MessageInitShape<Request>,
  ): Promise<MessageValidType<Response>> {
    return this.#callAndDecode(method, request, false);
  }

  async #callAndDecode<Request extends DescMessage, Response extends DescMessage>(
    { name, input, output }: Method<Request, Response>,
    request: MessageInitShape<Request>,
    repeatable: boolean,
  ): Promise<MessageValidType<Response>> {
    return decodeDelimited(output, await this.#callActive(name, delimited(input, request), repeatable), name);
  }

  /** Calls under way reject. The NameNode may still apply them. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.then((open) => open.close(), ignore);
  }

  async #callActive(method: string, request: Buffer, repeatable: boolean): Promise<Uint8Array> {
    const { nameNodes, timeoutMs } = this.#options;
    this.#lastCallId = (this.#lastCallId % MAX_CALL_ID) + 1;
    const callId = this.#lastCallId;
    const failures: HdfsError[] = [];
    for (let retryCount = 0; retryCount <= nameNodes.length; retryCount += 1) {
      const nameNode = nameNodes[this.#first % nameNodes.length];
      if (nameNode === undefined || this.#closed) break;
      const identity = { clientId: this.#clientId, callId, retryCount };
      let sent = false;
      try {
        const connection = await this.#connection(nameNode);
        sent = true;
        return await connection.call({ method, identity, request, timeoutMs });
      } catch (error) {
        if (!(error instanceof HdfsError) || !mayBeServedElsewhere(error)) throw error;
        failures.push(error);
        this.#moveOnFrom(nameNode);
        if (sent && error.kind !== 'remote' && !repeatable) break;
      }
    }
    throw noNameNodeServes(method, failures);
  }

  async #connection(nameNode: Endpoint): Promise<RpcConnection> {
    const { timeoutMs } = this.#options;
    for (;;) {
      const present = this.#connections.get(nameNode);
      const open = await present?.catch(ignore);
      if (open?.isOpen) return open;
      if (this.#closed) throw noNameNodeServes(nameOf(nameNode), []);
      // Another call waited for the same connection, and has begun the next one already.
      if (this.#connections.get(nameNode) !== present) continue;
      const calling = { ...this.#options, protocol: PROTOCOL.nameNode };
      const next = RpcConnection.open(nameNode, calling, timeoutMs);
      this.#connections.set(nameNode, next);
      return next;
    }
  }

  /**
   * Makes the next NameNode the first to be asked. When a NameNode dies, several calls fail at the
   * same moment. Only the first of these calls moves on.
   */
  #moveOnFrom(nameNode: Endpoint): void {
    const { nameNodes } = this.#options;
    if (nameNodes[this.#first] === nameNode) this.#first = (this.#first + 1) % nameNodes.length;
  }
}

const ignore = (): undefined => undefined;

function mayBeServedElsewhere({ kind, reason }: HdfsError): boolean {
  return kind === 'connection' || kind === 'protocol' || (kind === 'remote' && NOT_ACTIVE.includes(reason));
}

/** The failure with the cause is the one of the NameNode that is not a standby. */
function noNameNodeServes(method: string, failures: readonly HdfsError[]): HdfsError {
  const main = failures.find(({ reason }) => reason !== 'StandbyException') ?? failures[0];
  if (!main) return new HdfsError('closed', 'Closed', `${method}: the client is closed`);
  const said = [...new Set(failures.map(({ message }) => message))].join('; ');
  return new HdfsError(main.kind, main.reason, `no NameNode serves: ${said}`, { cause: main });
}
