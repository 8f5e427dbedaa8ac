import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A TCP server on loopback. Its starter serves each connection. */
export class LoopbackServer {
  /** How many connections it has accepted. */
  accepted = 0;
  readonly #server: Server;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(serve: (socket: Socket) => void) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.accepted += 1;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      serve(socket);
    });
  }

  static async start(serve: (socket: Socket) => void): Promise<LoopbackServer> {
    const server = new LoopbackServer(serve);
    await once(server.#server.listen(0, '127.0.0.1'), 'listening');
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  get endpoint(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  /** How many connections the other side has not ended. */
  get connected(): number {
    return [...this.#sockets].filter((socket) => !socket.readableEnded && !socket.destroyed).length;
  }

  /** Closes all connections. New connections are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Closes all connections, and refuses new ones. */
  async stop(): Promise<void> {
    this.cut();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A port on loopback at which no server listens. */
export async function deadPort(): Promise<number> {
  const server = await LoopbackServer.start(() => {});
  await server.stop();
  return server.endpoint.port;
}
