import type { Server, ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Problem } from '../contract/answer.ts';
import { httpUrl } from '../process/http-url.ts';

const ASK_AGAIN_MS = 5;

export interface Where {
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
  { host, port, requestTimeoutMs, keepAliveTimeoutMs }: Where,
): NodeServer {
  const serverOptions: ServerOptions = {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(LOOK_FOR_SLOW_EVERY_MS, requestTimeoutMs),
  };
  return new NodeServer(serve({ fetch: app.fetch, hostname: host, port, serverOptions }) as Server);
}

/**
 * Owns the listening socket and knows which requests are not answered to the end. It listens from the start; `refuse`
 * closes the socket and idle connections, `settle` then waits for the answers and cuts what is left.
 */
export class NodeServer {
  readonly #server: Server;
  #unanswered = 0;

  constructor(server: Server) {
    this.#server = server;
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => answerGarbage(error, socket));
    server.prependListener('request', (_request, response) => this.#follow(response));
  }

  /** Resolves with the URL once it listens. @throws what the system says, such as EADDRINUSE */
  listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.once('listening', () => resolve(httpUrl(this.#server.address() as AddressInfo)));
    });
  }

  refuse(): void {
    this.#server.close();
  }

  /** Resolves once every request is answered, or after so long. */
  async settle(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (this.#unanswered > 0 && performance.now() < until) await delay(ASK_AGAIN_MS);
    this.#server.closeAllConnections();
  }

  #follow(response: ServerResponse): void {
    this.#unanswered += 1;
    response.once('close', () => {
      this.#unanswered -= 1;
    });
  }
}

/** What Node's parser refuses reaches no app; where it has a status of its own, that is the whole answer. */
const REFUSED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
const GARBAGE: Problem = {
  type: 'urn:web-events:invalid_request',
  title: 'The request is wrong',
  status: 400,
  detail:
    'This is no HTTP request. Characters beyond ASCII must be percent-encoded (curl -G --data-urlencode)',
  code: 'invalid_request',
};

type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

function answerGarbage(error: ParserError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refused = isAddressTooLong(error) ? '414 URI Too Long' : REFUSED[error.code ?? ''];
  const body = refused === undefined ? JSON.stringify(GARBAGE) : '';
  const head = [
    `HTTP/1.1 ${refused ?? '400 Bad Request'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The first line of the request is all that there was room for. */
function isAddressTooLong({ code, rawPacket }: ParserError): boolean {
  return code === 'HPE_HEADER_OVERFLOW' && rawPacket !== undefined && !rawPacket.includes('\n');
}
