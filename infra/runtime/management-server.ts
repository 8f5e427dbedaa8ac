import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { httpUrl } from './http-url.ts';
import { listenOptions } from './listen-options.ts';

/** From the first byte of a request to its last, ms. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface ManagementAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * Opens the operators' port. Resolves with its URL once it listens. Without this port nobody could
 * watch the process. Where the system refuses the port, the process logs the reason and exits
 * with code 1.
 */
export function openManagement(app: Hono, { host, port }: ManagementAddress, log: Logger): Promise<string> {
  const serverOptions = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  return new Promise((resolve) => {
    const { host: hostname } = listenOptions(port, host);
    const server = serve(
      { fetch: app.fetch, ...(hostname !== undefined && { hostname }), port, serverOptions },
      (address: AddressInfo) => {
        const url = httpUrl(address);
        log.info({ url }, 'management port open');
        resolve(url);
      },
    );
    server.on('error', (error) => {
      log.fatal({ err: error }, `cannot listen on ${host}:${port}; set MANAGEMENT_HOST or MANAGEMENT_PORT`);
      process.exit(1);
    });
  });
}
