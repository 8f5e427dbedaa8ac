import type { AddressInfo } from 'node:net';

/** Where a server answers that listens there. */
export function httpUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
