import { connect } from 'node:net';
import type { Inspector } from './inspector/inspector.ts';

/** A DataNode as the NameNode's redirects name it, and why this host cannot reach it. */
export interface DataNodeInspection {
  readonly host: string;
  readonly port: number;
  /** The error code of the socket; undefined where the connection was made. */
  readonly failure: string | undefined;
}

const CONNECT_WITHIN_MS = 3_000;

/**
 * Connects to the DataNodes that the NameNode would send the sink to. Resolves with undefined where
 * the protocol does not tell them.
 *
 * @param path a path without a file
 * @throws {FileSystemError}
 */
export async function inspectDataNodes(
  inspector: Inspector,
  path: string,
): Promise<DataNodeInspection[] | undefined> {
  const urls = await inspector.dataNodes(path);
  return urls && Promise.all(urls.map(inspectDataNode));
}

async function inspectDataNode({ hostname, port: given, protocol }: URL): Promise<DataNodeInspection> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(given || (protocol === 'https:' ? 443 : 80));
  return { host, port, failure: await tryToConnect(host, port) };
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
