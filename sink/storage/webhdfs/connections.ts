import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { interpretFailure } from './errors.ts';

export interface ConnectionsOptions {
  /** The deadline of each request, ms. */
  readonly timeoutMs: number;
  /** The certificate authorities, as PEM. The default are the public authorities. */
  readonly ca?: string | undefined;
}

export interface HttpRequest {
  /** The name of the request in an error, without a secret. */
  readonly what: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Buffer[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Free connections end before the server of Hadoop ends them after 60 s. No request meets that end.
 */
const IDLE_CONNECTION_MS = 5_000;
/**
 * More connections to one host at once gain nothing, and a process has few file descriptors.
 * Further requests wait, within their deadline.
 */
const CONNECTIONS_TO_HOST = 256;
/** A dead host answers nothing. The rest of the deadline is for the other NameNode. */
const CONNECT_WITHIN_MS = 10_000;
/**
 * Bounds the memory of an answer. Reads ask for less, and listings of a claimed folder are tiny.
 */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * HTTP by node:http, with one attempt for each request. (`fetch` refuses the `100 Continue` that a
 * DataNode sends unasked.)
 */
export class Connections {
  readonly #timeoutMs: number;
  readonly #agents: Readonly<Record<'http:' | 'https:', http.Agent>>;

  constructor({ timeoutMs, ca }: ConnectionsOptions) {
    this.#timeoutMs = timeoutMs;
    const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS, maxSockets: CONNECTIONS_TO_HOST };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent({ ...options, ca }) };
  }

  /** @throws {WebHdfsError} where there is no answer */
  send({ what, method, url, headers, body }: HttpRequest): Promise<HttpAnswer> {
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(url, {
        method,
        agent: this.#agents[secure ? 'https:' : 'http:'],
        headers: {
          ...headers,
          'Content-Type': 'application/octet-stream',
          'Content-Length': body.reduce((sum, chunk) => sum + chunk.length, 0),
        },
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const isConnected = followConnection(request, secure ? 'secureConnect' : 'connect');
      const fail = (cause: unknown): void => reject(interpretFailure(what, cause, isConnected()));
      request.on('error', fail);
      request.on('response', (response) => {
        collect(response).then((bytes) => resolve({ status: response.statusCode ?? 0, body: bytes }), fail);
      });
      for (const chunk of body) request.write(chunk);
      request.end();
    });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

/** Node holds the request back until this event. Without the event, no byte can have left. */
function followConnection(request: http.ClientRequest, event: 'connect' | 'secureConnect'): () => boolean {
  let connected = false;
  // A request waits for its socket while the host has as many connections as it may.
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) {
      connected = true;
      return;
    }
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    }, CONNECT_WITHIN_MS);
    request.once('close', () => clearTimeout(timer));
    socket.once(event, () => {
      connected = true;
      clearTimeout(timer);
    });
  });
  return () => connected;
}

async function collect(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
