import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../contract/event.ts';
import { httpUrl } from '../process/http-url.ts';

const ASK_AGAIN_MS = 5;

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
  type: 'about:blank',
  title: 'The request is wrong',
  status: 400,
  detail:
    'This is no HTTP request. Characters beyond ASCII must be percent-encoded (curl -G --data-urlencode)',
  code: 'invalid_request',
};

function answerGarbage({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = REFUSED[code];
  const body = known === undefined ? JSON.stringify(GARBAGE) : '';
  const head = [
    `HTTP/1.1 ${known ?? '400 Bad Request'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Access-Control-Allow-Origin: *',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
