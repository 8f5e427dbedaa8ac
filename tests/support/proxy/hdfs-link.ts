import { connect, type Socket } from 'node:net';
import { ByteReader } from '../../../sink/hdfs/wire/byte-reader.ts';
import type { Endpoint } from '../../../sink/hdfs/wire/connect.ts';

/**
 * A client's connection, and the proxy's connection to HDFS for it. Both end together, except after
 * `holdBackEnd` and `lastToServer`.
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

  /** Sends the last bytes to HDFS. From then on neither side hears of the other. */
  async lastToServer(bytes: Buffer): Promise<void> {
    const sent = new Promise<void>((resolve) => this.#server.write(bytes, () => resolve()));
    this.#silent = true;
    await sent;
  }

  /** HDFS does not learn when the client closes its connection. */
  holdBackEnd(): void {
    this.#endHeldBack = true;
  }

  breakOff(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** Ends the connection to HDFS. After `lastToServer` the client does not notice. */
  endServer(): void {
    this.#server.destroy();
  }
}
