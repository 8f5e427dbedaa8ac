import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { httpUrl } from '../../infra/runtime/http-url.ts';
import { CollectorError, type ErrorCode } from '../events/errors.ts';
import { problemBody, problemResponse } from '../http/answer.ts';
import { MAX_URL_LENGTH } from '../http/query.ts';

const ASK_AGAIN_MS = 5;
const QUIET_TURNS = 2;

export interface NodeServerOptions {
  readonly host: string;
  readonly port: number;
  /** From the first byte of a request to its last, ms: whoever dribbles is cut off. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept; a load balancer's own should be shorter, ms. */
  readonly keepAliveTimeoutMs: number;
}

/** Of all of a request's headers, address included; Node answers 431 beyond. */
const MAX_HEADER_BYTES = 16_384;
const LOOK_FOR_SLOW_EVERY_MS = 1_000;

/** Begins to listen; whether it could, `listening` tells. */
export function openServer(
  app: Hono,
  { host, port, requestTimeoutMs, keepAliveTimeoutMs }: NodeServerOptions,
): NodeServer {
  const serverOptions: ServerOptions = {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(LOOK_FOR_SLOW_EVERY_MS, requestTimeoutMs),
  };
  // What HTTP/1.0 leaves out: a load balancer's probe often names no host.
  const listener = getRequestListener(app.fetch, { hostname: 'localhost', errorHandler: answerWrongAddress });
  return new NodeServer(createServer(serverOptions, listener).listen(port, host));
}

/** The only error there is before the app: of host and path no URL can be made. */
function answerWrongAddress(cause: unknown): Response {
  return problemResponse(
    new CollectorError('invalid_request', 'This host or this path is none', { cause }),
    {},
  );
}

/** Who sends often does so within this, is answered, and told to go elsewhere. */
const IDLE_STAY_MS = 300;

/**
 * Owns the listening socket and knows which requests are not answered to the end. It listens from the start; `refuse`
 * takes no more connections, `settle` then waits for the answers and cuts what is left.
 */
export class NodeServer {
  readonly #server: Server;
  #unanswered = 0;
  #stoppedAtMs = Number.NEGATIVE_INFINITY;
  /** By connection: one set of them all takes a seventh of an event's time. */
  readonly #unansweredOn = new Map<Duplex, Set<ServerResponse>>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#attend(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#giveUp(error, socket));
    server.prependListener('request', (request, response) => this.#follow(request, response));
  }

  /** Resolves with the URL once it listens. @throws what the system says, such as EADDRINUSE */
  listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.once('listening', () => resolve(httpUrl(this.#server.address() as AddressInfo)));
    });
  }

  /**
   * Idle connections stay: one that is closed while its next request is on the wire leaves that client without an answer.
   * `close` of the HTTP server closes them; that of the server below it does not. Each is closed by its last
   * answer: kept alive it would hold the process up, or be cut under the request after that.
   */
  stopAccepting(): void {
    this.#stoppedAtMs = performance.now();
    for (const here of this.#unansweredOn.values()) {
      const last = [...here].at(-1);
      if (last !== undefined) closeAfter(last);
    }
    NetServer.prototype.close.call(this.#server);
  }

  /** Resolves once every request is answered, or after so long. */
  async finishAnswers(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    // After a process was frozen time has passed, but what came meanwhile is still to be read.
    for (let quietTurns = 0; quietTurns < QUIET_TURNS && performance.now() < until; ) {
      await delay(ASK_AGAIN_MS);
      quietTurns = this.#busy ? 0 : quietTurns + 1;
    }
    this.#server.closeAllConnections();
  }

  get #busy(): boolean {
    return this.#unanswered > 0 || performance.now() < this.#stoppedAtMs + IDLE_STAY_MS;
  }

  get #hasStopped(): boolean {
    return this.#stoppedAtMs > Number.NEGATIVE_INFINITY;
  }

  #attend(socket: Duplex): void {
    const here = new Set<ServerResponse>();
    this.#unansweredOn.set(socket, here);
    socket.once('close', () => {
      this.#unansweredOn.delete(socket);
      // A response that still waited for its turn when its connection went has no close of its own.
      this.#unanswered -= here.size;
      here.clear();
    });
  }

  #follow({ socket }: IncomingMessage, response: ServerResponse): void {
    const here = this.#unansweredOn.get(socket);
    if (here === undefined) return;
    if (this.#hasStopped) closeAfter(response, [...here].at(-1));
    here.add(response);
    this.#unanswered += 1;
    response.once('close', () => {
      if (here.delete(response)) this.#unanswered -= 1;
    });
  }

  /**
   * What came last on a connection is no request, or never ends. Requests before it that are whole get their own answers
   * first: the client would take this one for theirs, and "not stored" for the truth.
   */
  #giveUp(error: ParserError, socket: Duplex): void {
    const before = [...(this.#unansweredOn.get(socket) ?? [])].filter(({ req }) => req.complete);
    if (before.length === 0) answerGarbage(error, socket);
    else setTimeout(() => this.#giveUp(error, socket), ASK_AGAIN_MS);
  }
}

/** Its connection ends with this answer, not with the one before: Node drops what it has read beyond the last. */
function closeAfter(last: ServerResponse, before?: ServerResponse): void {
  if (before !== undefined) before.shouldKeepAlive = true;
  last.shouldKeepAlive = false;
}

const HANG_UP_AFTER_MS = 1_000;

type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

const NO_HTTP =
  'This is no HTTP request. Characters beyond ASCII must be percent-encoded (curl -G --data-urlencode)';

/** What Node's parser refuses reaches no app. */
function answerGarbage(error: ParserError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemBody(refusalOf(error));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Whoever does not close its side would keep the connection for ever: no time-out of HTTP's is on it any more.
  setTimeout(() => socket.destroy(), HANG_UP_AFTER_MS).unref();
}

function refusalOf(error: ParserError): CollectorError {
  const refuse = (code: ErrorCode, detail: string) => new CollectorError(code, detail, { cause: error });
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refuse('request_timeout', 'The request took too long to come');
    case 'HPE_HEADER_OVERFLOW':
      return isAddressTooLong(error)
        ? refuse('uri_too_long', 'The address is too long; send the event as a body to /api/events')
        : refuse('headers_too_large', `The headers have more than ${MAX_HEADER_BYTES} bytes`);
    default:
      return refuse('invalid_request', NO_HTTP);
  }
}

/** Whether the first line is all that there was room for. */
function isAddressTooLong({ rawPacket }: ParserError): boolean {
  const firstLine = rawPacket?.subarray(0, MAX_URL_LENGTH);
  return (
    firstLine !== undefined && /^[A-Z]+ \//.test(firstLine.toString('latin1')) && !firstLine.includes('\n')
  );
}
