import type { Running } from './conformance.ts';
import { COLLECTOR } from './requests.ts';

/** Sends as the load balancer in front would: with the client's address behind those that the client itself names. */
export function overHttp(url: string): Running['send'] {
  return async (request, from) => {
    const headers = new Headers(request.headers);
    headers.append('X-Forwarded-For', from);
    const body = request.body === null ? null : await request.arrayBuffer();
    return fetch(`${url}${request.url.slice(COLLECTOR.length)}`, { method: request.method, headers, body });
  };
}
