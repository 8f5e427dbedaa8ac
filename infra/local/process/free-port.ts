import { createServer } from 'node:net';

/**
 * Ports are picked below the range from which the system takes those of outgoing connections (32768 and up on Linux),
 * so that no connection takes a picked port before the process it is meant for binds it.
 */
const FIRST = 20_000;
const LAST = 29_999;
const given = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listens on, never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
