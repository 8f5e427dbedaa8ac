import { createServer } from 'node:net';
import type { Logger } from 'pino';
import type { NodeServer } from './node-server.ts';

/** Resolves with the URL once it listens; a process that cannot is of no use, and ends. */
export async function listenOrExit(server: NodeServer, log: Logger): Promise<string> {
  const url = await server.listening().catch((error: unknown) => giveUp(error, log));
  log.info({ url }, 'listening');
  return url;
}

/** Whether others can listen there, which they would find out one by one and again and again. */
export async function requireFree(port: number, host: string, log: Logger): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  }).catch((error: unknown) => giveUp(error, log));
}

function giveUp(error: unknown, log: Logger): never {
  log.fatal({ err: error }, 'cannot listen there: set HOST or PORT (MANAGEMENT_HOST or MANAGEMENT_PORT)');
  process.exit(1);
}
