import { connect } from 'node:net';
import type { Inspector } from './inspector/inspector.ts';

/** A DataNode as the NameNode's redirects call it, and why it cannot be reached from here. */
export interface DataNodeLook {
  readonly host: string;
  readonly port: number;
  /** The socket's error code; undefined where it connected. */
  readonly failure: string | undefined;
}

const CONNECT_WITHIN_MS = 3_000;

/**
 * The DataNodes that the sink would be sent to, and whether a connection can be made; undefined where they are not told.
 *
 * @param path a file that is not there
 * @throws {FileSystemError}
 */
export async function lookAtDataNodes(
  inspector: Inspector,
  path: string,
): Promise<DataNodeLook[] | undefined> {
  const addresses = await inspector.dataNodes(path);
  return (
    addresses &&
    Promise.all(
      addresses.map(async ({ hostname, port, protocol }) => {
        const host = hostname.replace(/^\[|\]$/g, '');
        const number = Number(port || (protocol === 'https:' ? 443 : 80));
        return { host, port: number, failure: await tryToConnect(host, number) };
      }),
    )
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
