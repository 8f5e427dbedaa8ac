import { createServer } from 'node:net';

/**
 * The system takes the ports of outgoing connections from a range of its own, 32768 and up on
 * Linux. A picked port lies below that range, so no connection takes it before its process binds
 * it.
 */
const FIRST = 20_000;
const LAST = 29_999;
const given = new Set<number>();

/** A free TCP port of 127.0.0.1. One process never gets the same port twice. */
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
