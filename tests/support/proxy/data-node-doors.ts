import type { DescMessage, Message } from '@bufbuild/protobuf';
import { DatanodeIdSchema } from '../../../sink/hdfs/generated/hdfs_pb.ts';
import { messagesIn } from './messages-in.ts';

/**
 * The ports at which the client of a proxy reaches the DataNodes. For each DataNode that a NameNode
 * names, the proxy opens a port of its own, and names that port to the client.
 */
export class DataNodeDoors {
  readonly #open: (port: number) => Promise<number>;
  readonly #doors = new Map<number, Promise<number>>();
  readonly #behind = new Map<number, number>();

  /**
   * @param open listens on behalf of the DataNode with this port; resolves with the proxy's port
   */
  constructor(open: (port: number) => Promise<number>) {
    this.#open = open;
  }

  /** Replaces the ports of all DataNodes in a message of HDFS by the ports of the proxy. */
  async show(schema: DescMessage, message: Message): Promise<void> {
    for (const id of messagesIn(schema, message, DatanodeIdSchema)) {
      id.transferPort = await this.#doorOf(id.transferPort);
    }
  }

  /** Replaces the proxy's ports in a message of the client by the ports of the DataNodes. */
  hide(schema: DescMessage, message: Message): void {
    for (const id of messagesIn(schema, message, DatanodeIdSchema)) {
      id.transferPort = this.#behind.get(id.transferPort) ?? id.transferPort;
    }
  }

  /** As `show`, for a DataNode that is named as `host:port`. */
  async shownAddress(address: string): Promise<string> {
    const [, host, port] = /^(.+):(\d+)$/.exec(address) ?? [];
    return port === undefined ? address : `${host}:${await this.#doorOf(Number(port))}`;
  }

  async #doorOf(port: number): Promise<number> {
    const door = this.#doors.get(port) ?? this.#open(port);
    this.#doors.set(port, door);
    this.#behind.set(await door, port);
    return door;
  }
}
