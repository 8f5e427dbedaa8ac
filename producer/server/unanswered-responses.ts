import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const NONE: ReadonlySet<ServerResponse> = new Set();

/** Owns the responses that the server has not sent to the end, by connection and in their order. */
export class UnansweredResponses {
  /** By connection: one set for all connections takes a seventh of an event's time. */
  readonly #byConnection = new Map<Duplex, Set<ServerResponse>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Begins to follow a connection, until it closes. */
  connect(socket: Duplex): void {
    const here = new Set<ServerResponse>();
    this.#byConnection.set(socket, here);
    socket.once('close', () => {
      this.#byConnection.delete(socket);
      // A response that still waited for its turn when its connection closed has no close of its
      // own.
      this.#count -= here.size;
      here.clear();
    });
  }

  /** Adds a response until it is sent to the end. */
  add(socket: Duplex, response: ServerResponse): void {
    const here = this.#byConnection.get(socket);
    if (here === undefined) return;
    here.add(response);
    this.#count += 1;
    response.once('close', () => {
      if (here.delete(response)) this.#count -= 1;
    });
  }

  /** The responses of one connection. */
  on(socket: Duplex): ReadonlySet<ServerResponse> {
    return this.#byConnection.get(socket) ?? NONE;
  }

  /** The last response of each connection that still owes one. */
  lastOfEach(): ServerResponse[] {
    return [...this.#byConnection.values()].flatMap((here) => [...here].at(-1) ?? []);
  }
}
