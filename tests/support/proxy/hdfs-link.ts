import { connect, type Socket } from 'node:net';
import { ByteReader } from '../../../sink/hdfs/wire/byte-reader.ts';
import type { Endpoint } from '../../../sink/hdfs/wire/connect.ts';

/**
 * A client's connection, and the one to HDFS that carries on what it says. Both end together, unless the client's end is held
 * back, or neither side is to hear of the other again.
 */
export class HdfsLink {
  readonly fromClient: ByteReader;
  readonly fromServer: ByteReader;
  readonly #client: Socket;
  readonly #server: Socket;
  #endHeldBack = false;
  #silent = false;

  constructor(client: Socket, server: Endpoint) {
    this.#client = client;
    this.#server = connect({ ...server, noDelay: true });
    this.fromClient = new ByteReader(client, 'client');
    this.fromServer = new ByteReader(this.#server, 'HDFS');
    client.on('close', () => {
      if (!this.#endHeldBack && !this.#silent) this.#server.destroySoon();
    });
    this.#server.on('close', () => {
      if (!this.#silent) client.destroySoon();
    });
  }

  toClient(bytes: Buffer): void {
    if (!this.#silent && !this.#client.destroyed) this.#client.write(bytes);
  }

  toServer(bytes: Buffer): void {
    if (!this.#silent) this.#server.write(bytes);
  }

  /** Resolves once HDFS has been sent these bytes; it gets nothing more, nor does the client. */
  async lastToServer(bytes: Buffer): Promise<void> {
    const sent = new Promise<void>((resolve) => this.#server.write(bytes, () => resolve()));
    this.#silent = true;
    await sent;
  }

  holdBackEnd(): void {
    this.#endHeldBack = true;
  }

  breakOff(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** The client hears nothing of it, if it hears nothing any more. */
  endServer(): void {
    this.#server.destroy();
  }
}
