import { connect } from 'node:net';
import type { WebHdfsClient } from '../webhdfs/client.ts';

/** A DataNode as the NameNode's redirects call it, and why it cannot be reached from here. */
export interface DataNodeLook {
  readonly host: string;
  readonly port: number;
  /** The socket's error code; undefined where it connected. */
  readonly failure: string | undefined;
}

/** The NameNode names one DataNode at a time, any of them for a file that is not there yet. */
const ASKED_TIMES = 8;
const CONNECT_WITHIN_MS = 3_000;

/**
 * The DataNodes that the sink would be sent to, and whether a connection can be made. Asks for redirects only: nothing
 * is written.
 *
 * @param path a file that is not there
 * @throws {StoreError}
 */
export async function lookAtDataNodes(client: WebHdfsClient, path: string): Promise<DataNodeLook[]> {
  const answers = await Promise.all(
    Array.from({ length: ASKED_TIMES }, () => client.ask('PUT', path, 'CREATE', { noredirect: 'true' })),
  );
  const addresses = new Map<string, URL>();
  for (const answer of answers) {
    const { Location } = (answer ?? {}) as { Location?: unknown };
    if (typeof Location === 'string' && URL.canParse(Location)) {
      const url = new URL(Location);
      addresses.set(url.host, url);
    }
  }
  return Promise.all(
    [...addresses.values()].map(async ({ hostname, port, protocol }) => {
      const host = hostname.replace(/^\[|\]$/g, '');
      const number = Number(port || (protocol === 'https:' ? 443 : 80));
      return { host, port: number, failure: await tryToConnect(host, number) };
    }),
  );
}

function tryToConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (failure: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(end, CONNECT_WITHIN_MS, 'ETIMEDOUT');
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
