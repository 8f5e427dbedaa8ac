import type { DescMessage, Message } from '@bufbuild/protobuf';
import { DatanodeIdSchema } from '../../../sink/hdfs/generated/hdfs_pb.ts';
import { messagesIn } from './messages-in.ts';

/**
 * The ports at which a proxy's client finds the DataNodes: of each that a NameNode names, one that leads through the proxy, in
 * place of the DataNode's own.
 */
export class DataNodeDoors {
  readonly #open: (port: number) => Promise<number>;
  readonly #doors = new Map<number, Promise<number>>();
  readonly #behind = new Map<number, number>();

  /** @param open listens for what is meant for the DataNode of this port, and resolves with where */
  constructor(open: (port: number) => Promise<number>) {
    this.#open = open;
  }

  /** The doors of all DataNodes that a message of HDFS names. */
  async show(schema: DescMessage, message: Message): Promise<void> {
    for (const id of messagesIn(schema, message, DatanodeIdSchema)) {
      id.transferPort = await this.#doorOf(id.transferPort);
    }
  }

  /** What lies behind all doors that a message of the client names. */
  hide(schema: DescMessage, message: Message): void {
    for (const id of messagesIn(schema, message, DatanodeIdSchema)) {
      id.transferPort = this.#behind.get(id.transferPort) ?? id.transferPort;
    }
  }

  /** The same for a DataNode that is named as `host:port`. */
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
