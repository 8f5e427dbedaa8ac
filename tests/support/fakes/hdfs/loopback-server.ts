import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A real socket on loopback. What becomes of each connection, whoever starts it says. */
export class LoopbackServer {
  /** Connections so far. */
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

  /** Connections that the other side has not ended. */
  get connected(): number {
    return [...this.#sockets].filter((socket) => !socket.readableEnded && !socket.destroyed).length;
  }

  /** Cuts what is connected; new connections are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on connections are refused. */
  async stop(): Promise<void> {
    this.cut();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A port of loopback where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await LoopbackServer.start(() => {});
  await server.stop();
  return server.endpoint.port;
}
