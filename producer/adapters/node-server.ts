import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

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
    server.prependListener('request', (_request, response) => this.#follow(response));
  }

  /** Resolves with the URL once it listens. @throws what the system says, such as EADDRINUSE */
  listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.once('listening', () => resolve(urlOf(this.#server.address() as AddressInfo)));
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

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
