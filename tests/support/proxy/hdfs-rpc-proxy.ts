import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../sink/hdfs/wire/connect.ts';
import { HdfsError } from '../../../sink/hdfs/wire/errors.ts';
import { DataNodeDoors } from './data-node-doors.ts';
import { DataNodeLink } from './data-node-link.ts';
import { FaultyPassage } from './faulty-passage.ts';
import { HdfsLink } from './hdfs-link.ts';
import { NameNodeLink, type ProxyMemory } from './name-node-link.ts';

const HOST = '127.0.0.1';

/**
 * Stands between a sink and HDFS in its native protocols, and injects faults. It has a port of its
 * own for each NameNode and each DataNode. In the answers of a NameNode it replaces the ports of
 * DataNodes by its own.
 */
export class HdfsRpcProxy extends FaultyPassage {
  readonly #servers: Server[] = [];
  readonly #links = new Set<HdfsLink>();
  readonly #memory: ProxyMemory;
  #nameNodePorts: readonly number[] = [];

  private constructor() {
    super();
    const doors = new DataNodeDoors((port) =>
      this.#listen({ host: HOST, port }, (link) => new DataNodeLink(link, this.#memory)),
    );
    this.#memory = { faults: this, doors, calls: new Map(), paths: new Map() };
  }

  /** @param nameNodeUrls `hdfs://host:port` of one NameNode, or of several separated by commas */
  static async start(nameNodeUrls: string): Promise<HdfsRpcProxy> {
    const proxy = new HdfsRpcProxy();
    const ports = nameNodeUrls.split(',').map((nameNodeUrl) => {
      const { hostname: host, port } = new URL(nameNodeUrl);
      return proxy.#listen({ host, port: Number(port) }, (link) => new NameNodeLink(link, proxy.#memory));
    });
    proxy.#nameNodePorts = await Promise.all(ports);
    return proxy;
  }

  get url(): string {
    return this.#nameNodePorts.map((port) => `hdfs://${HOST}:${port}`).join(',');
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.breakOff();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  /** Resolves with the port of the proxy. */
  async #listen(target: Endpoint, linkOf: (link: HdfsLink) => { run(): Promise<void> }): Promise<number> {
    const server = createServer({ noDelay: true }, (client: Socket) => {
      const link = new HdfsLink(client, target);
      this.#links.add(link);
      linkOf(link)
        .run()
        .catch((error) => {
          // When one side has gone, the link closes the other.
          if (!(error instanceof HdfsError && error.kind === 'connection')) link.breakOff();
        });
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return (server.address() as AddressInfo).port;
  }
}
