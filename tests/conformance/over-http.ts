import type { Running } from './conformance.ts';
import { PRODUCER } from './requests.ts';

/**
 * Sends as the load balancer in front would. The load balancer adds the client's address after
 * those that the client itself names.
 */
export function overHttp(url: string): Running['send'] {
  return async (request, from) => {
    const headers = new Headers(request.headers);
    headers.append('X-Forwarded-For', from);
    const body = request.body === null ? null : await request.arrayBuffer();
    return fetch(`${url}${request.url.slice(PRODUCER.length)}`, { method: request.method, headers, body });
  };
}
