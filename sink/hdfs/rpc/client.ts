import { randomBytes } from 'node:crypto';
import type { DescMessage, MessageInitShape, MessageValidType } from '@bufbuild/protobuf';
import { type Endpoint, nameOf } from '../wire/connect.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { HdfsError } from '../wire/errors.ts';
import { type Caller, PROTOCOL, RpcConnection } from './connection.ts';

export interface RpcClientOptions extends Caller {
  /** The NameNodes of one cluster; the one that is active serves. */
  readonly nameNodes: readonly Endpoint[];
  /** Of each attempt, ms. */
  readonly timeoutMs: number;
}

/** A method of the service, and its messages. */
export interface Method<Request extends DescMessage, Response extends DescMessage> {
  readonly name: string;
  readonly input: Request;
  readonly output: Response;
}

/** What a NameNode says that has not looked at the call: it is the standby, or not yet ready. */
const NOT_ACTIVE: readonly string[] = ['StandbyException', 'RetriableException'];
/** Call ids are positive, and 32 bits wide. */
const MAX_CALL_ID = 0x7fff_ffff;

/**
 * Calls to whichever NameNode is active, over one connection each. A call without an answer is sent once more to
 * each, under the same client id and call id: by these the NameNode's retry cache, which a standby has too, knows a call
 * that was applied already, and answers as it did then.
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
   * The same, for what no retry cache knows and must not be applied twice: where it may have been, it is not sent again.
   * @throws {HdfsError} `connection` also where it was applied, or may be later
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
    return decodeDelimited(output, await this.#ask(name, delimited(input, request), repeatable), name);
  }

  /** Calls under way reject. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.then((open) => open.close(), ignore);
  }

  async #ask(method: string, request: Buffer, repeatable: boolean): Promise<Uint8Array> {
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
        this.#doubt(nameNode);
        if (sent && error.kind !== 'remote' && !repeatable) break;
      }
    }
    throw nobodyServes(method, failures);
  }

  async #connection(nameNode: Endpoint): Promise<RpcConnection> {
    const { timeoutMs } = this.#options;
    for (;;) {
      const present = this.#connections.get(nameNode);
      const open = await present?.catch(ignore);
      if (open?.isOpen) return open;
      if (this.#closed) throw nobodyServes(nameOf(nameNode), []);
      // Others waited for the same one, and the first of them has begun the next.
      if (this.#connections.get(nameNode) !== present) continue;
      const calling = { ...this.#options, protocol: PROTOCOL.nameNode };
      const next = RpcConnection.open(nameNode, calling, timeoutMs);
      this.#connections.set(nameNode, next);
      return next;
    }
  }

  /** Several calls fail at the same moment when a NameNode dies; only the first of them moves on. */
  #doubt(nameNode: Endpoint): void {
    const { nameNodes } = this.#options;
    if (nameNodes[this.#first] === nameNode) this.#first = (this.#first + 1) % nameNodes.length;
  }
}

const ignore = (): undefined => undefined;

function mayBeServedElsewhere({ kind, reason }: HdfsError): boolean {
  return kind === 'connection' || kind === 'protocol' || (kind === 'remote' && NOT_ACTIVE.includes(reason));
}

/** What a standby says is the least of it: the other one has the reason. */
function nobodyServes(method: string, failures: readonly HdfsError[]): HdfsError {
  const telling = failures.find(({ reason }) => reason !== 'StandbyException') ?? failures[0];
  if (!telling) return new HdfsError('closed', 'Closed', `${method}: the client is closed`);
  const said = [...new Set(failures.map(({ message }) => message))].join('; ');
  return new HdfsError(telling.kind, telling.reason, `no NameNode serves: ${said}`, { cause: telling });
}
