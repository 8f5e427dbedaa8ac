import { connect as connectSocket, type Socket } from 'node:net';
import type { ByteStream } from './byte-stream.ts';
import { connectionLost, protocolError, timedOut } from './errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** After this long without traffic, ms, the kernel probes whether the peer is still there. */
const KEEP_ALIVE_MS = 30_000;

const MAX_PORT = 0xffff;

export const nameOf = ({ host, port }: Endpoint): string => `${host}:${port}`;

/**
 * Opens a connection without Nagle's delay.
 *
 * @throws {HdfsError} `connection`, or `protocol` where the host or the port cannot exist
 */
export function connect(endpoint: Endpoint, timeoutMs: number): Promise<Socket> {
  const { host, port } = endpoint;
  // A NUL in the host makes Node 24 throw a bare TypeError; older ones fail in the look-up.
  if (host === '' || host.includes('\0') || port < 1 || port > MAX_PORT) {
    return Promise.reject(protocolError(`connecting to ${nameOf(endpoint)}`, 'NoSuchAddress'));
  }
  return new Promise((resolve, reject) => {
    const socket = connectSocket({
      ...endpoint,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    const what = `connecting to ${nameOf(endpoint)}`;
    const timer = setTimeout(() => socket.destroy(timedOut(what, timeoutMs)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(connectionLost(what, error));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/**
 * Runs `work` with a deadline. At the deadline the socket is destroyed, and every read of the
 * socket rejects.
 */
export async function withDeadline<Result>(
  socket: ByteStream,
  { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => socket.destroy(timedOut(what, timeoutMs)), timeoutMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
