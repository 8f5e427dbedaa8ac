import { createServer } from 'node:net';
import type { Logger } from 'pino';
import { listenOptions } from '../../infra/runtime/listen-options.ts';
import type { NodeServer } from './node-server.ts';

/**
 * Resolves with the URL once the server listens. A process that cannot listen is of no use: it
 * ends.
 */
export async function listenOrExit(server: NodeServer, log: Logger): Promise<string> {
  const url = await server.listening().catch((error: unknown) => giveUp(error, log));
  log.info({ url }, 'listening');
  return url;
}

/**
 * Ends the process if the port is taken. The primary asks this once: its workers would each find
 * out for themselves, again at every restart.
 */
export async function requireFree(port: number, host: string, log: Logger): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...listenOptions(port, host), exclusive: true }, () => server.close(() => resolve()));
  }).catch((error: unknown) => giveUp(error, log));
}

function giveUp(error: unknown, log: Logger): never {
  log.fatal({ err: error }, 'cannot listen: set another HOST or PORT (MANAGEMENT_HOST or MANAGEMENT_PORT)');
  process.exit(1);
}
