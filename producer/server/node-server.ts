import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { httpUrl } from '../../infra/runtime/http-url.ts';
import { listenOptions } from '../../infra/runtime/listen-options.ts';
import { CollectorError } from '../events/errors.ts';
import { problemResponse } from '../http/answer.ts';
import { answerParserError, MAX_HEADER_BYTES, type ParserError } from './parser-error.ts';
import { UnansweredResponses } from './unanswered-responses.ts';

export interface NodeServerOptions {
  readonly host: string;
  readonly port: number;
  /** From the first byte of a request to its last, ms. The server cuts off a slower client. */
  readonly requestTimeoutMs: number;
  /** How long the server keeps an idle connection, ms. A load balancer should keep it for less. */
  readonly keepAliveTimeoutMs: number;
}

/** How often Node looks for requests that are too slow. */
const SLOW_CHECK_EVERY_MS = 1_000;

/** Begins to listen; `listening` tells whether the server could. */
export function openServer(
  app: Hono,
  { host, port, requestTimeoutMs, keepAliveTimeoutMs }: NodeServerOptions,
): NodeServer {
  const serverOptions: ServerOptions = {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(SLOW_CHECK_EVERY_MS, requestTimeoutMs),
  };
  // HTTP/1.0 requires no Host header, and a load balancer's probe often has none.
  const listener = getRequestListener(app.fetch, {
    hostname: 'localhost',
    errorHandler: answerWrongAddress,
    // It would cut a client off that sends on after its answer. Node reads on and drops the rest.
    autoCleanupIncoming: false,
  });
  return new NodeServer(createServer(serverOptions, listener).listen(listenOptions(port, host)));
}

/** The only error before the app: host and path make no URL. */
function answerWrongAddress(cause: unknown): Response {
  return problemResponse(
    new CollectorError('invalid_request', 'The host or the path of this request is not valid', { cause }),
    {},
  );
}

const CHECK_AGAIN_MS = 5;
const QUIET_CHECKS = 2;
/**
 * A client that sends often sends within this time. The answer tells it to close its connection.
 */
const IDLE_STAY_MS = 300;

/**
 * Owns the listening socket, and knows which requests are not answered to the end. The server
 * listens from the start. `stopAccepting` takes no more connections. `finishAnswers` then waits for
 * the answers, and cuts the connections that are left.
 */
export class NodeServer {
  readonly #server: Server;
  readonly #unanswered = new UnansweredResponses();
  /** The latest response of each connection. */
  readonly #latest = new WeakMap<Duplex, ServerResponse>();
  #stoppedAtMs = Number.NEGATIVE_INFINITY;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#unanswered.connect(socket));
    server.on('clientError', (error: ParserError, socket) => this.#answerInTurn(error, socket));
    server.prependListener('request', (request, response) => this.#follow(request, response));
  }

  /**
   * Resolves with the URL once the server listens.
   *
   * @throws {Error} the system's, such as EADDRINUSE
   */
  listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.once('listening', () => resolve(httpUrl(this.#server.address() as AddressInfo)));
    });
  }

  /**
   * Takes no more connections, and lets the last answer of each connection close it. A connection
   * that stayed open would hold the process up, or would be cut under the request after that
   * answer.
   *
   * Idle connections stay. If the server closes one while the client's next request is on the wire,
   * the client gets no answer. `close` of the HTTP server closes idle connections; `close` of the
   * net server below it does not.
   */
  stopAccepting(): void {
    this.#stoppedAtMs = performance.now();
    for (const last of this.#unanswered.lastOfEach()) closeAfter(last);
    NetServer.prototype.close.call(this.#server);
  }

  /** Resolves once every request is answered, or after `withinMs`. */
  async finishAnswers(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs;
    // Time has passed when a frozen process goes on, but the requests that came meanwhile are
    // unread.
    for (let quietChecks = 0; quietChecks < QUIET_CHECKS && performance.now() < untilMs; ) {
      await delay(CHECK_AGAIN_MS);
      quietChecks = this.#isBusy() ? 0 : quietChecks + 1;
    }
    this.#server.closeAllConnections();
  }

  #isBusy(): boolean {
    return this.#unanswered.count > 0 || performance.now() < this.#stoppedAtMs + IDLE_STAY_MS;
  }

  #follow({ socket }: IncomingMessage, response: ServerResponse): void {
    const hasStopped = this.#stoppedAtMs > Number.NEGATIVE_INFINITY;
    if (hasStopped) closeAfter(response, [...this.#unanswered.on(socket)].at(-1));
    this.#unanswered.add(socket, response);
    this.#latest.set(socket, response);
  }

  /**
   * Answers bytes that are no request, or a request that never ends. The whole requests before them
   * on the connection get their own answers first. Otherwise the client would take this answer for
   * theirs, and "not stored" for the truth.
   */
  #answerInTurn(error: ParserError, socket: Duplex): void {
    const latest = this.#latest.get(socket);
    // The client had its answer and sent on for too long. A second answer would be taken for one to
    // its next request.
    if (latest?.writableEnded && !latest.req.complete) return void socket.destroy();
    const before = [...this.#unanswered.on(socket)].filter(({ req }) => req.complete);
    if (before.length === 0) answerParserError(error, socket);
    else setTimeout(() => this.#answerInTurn(error, socket), CHECK_AGAIN_MS);
  }
}

/**
 * Lets a connection end with its last answer and not with the answer before. Node drops the
 * requests that it has read beyond an answer that closes.
 */
function closeAfter(last: ServerResponse, before?: ServerResponse): void {
  if (before !== undefined) before.shouldKeepAlive = true;
  last.shouldKeepAlive = false;
}
