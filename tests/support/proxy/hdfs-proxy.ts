import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FaultyPassage, type Passage, type PassingAnswer } from './faulty-passage.ts';
import type { PassingRequest } from './hdfs-fault.ts';

/** One whole request, and the client that waits for its answer. */
interface Exchange {
  readonly request: PassingRequest;
  readonly upstream: { readonly host: string; readonly url: string };
  readonly incoming: http.IncomingMessage;
  readonly body: Buffer;
  readonly response: http.ServerResponse;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const TRANSFERS = ['APPEND', 'CREATE', 'OPEN'];

/**
 * Stands between a sink and WebHDFS, and injects faults. It proxies NameNodes and DataNodes. A path
 * at the proxy begins with the host and port of the real node. The proxy rewrites the Locations of
 * a NameNode, so that they lead back to the proxy.
 */
export class HdfsProxy extends FaultyPassage {
  readonly #server: http.Server;
  readonly #nameNodes: readonly string[];
  readonly #sockets = new Set<Socket>();

  private constructor(nameNodes: readonly string[]) {
    super();
    this.#nameNodes = nameNodes;
    this.#server = http.createServer((incoming, response) => {
      this.#pass(incoming, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param nameNodeUrls `http://host:port` of one NameNode, or of several separated by commas */
  static async start(nameNodeUrls: string): Promise<HdfsProxy> {
    const proxy = new HdfsProxy(nameNodeUrls.split(',').map((url) => new URL(url).host));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return this.#nameNodes.map((host) => `${this.#base}/${host}`).join(',');
  }

  async close(): Promise<void> {
    this.endHalfOpen();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #pass(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.#base);
    const [, host = '', ...rest] = url.pathname.split('/');
    const body = await collect(incoming);
    const op = url.searchParams.get('op') ?? '';
    const to = this.#nameNodes.includes(host) ? ('namenode' as const) : ('datanode' as const);
    const request = {
      op,
      path: decodeURIComponent(`/${rest.join('/')}`).replace(/^\/webhdfs\/v1/, ''),
      query: url.searchParams,
      to,
      asksWhere: to === 'namenode' && TRANSFERS.includes(op),
      bytes: body.length,
    };
    const upstream = { host, url: `http://${host}/${rest.join('/')}${url.search}` };
    const passage = this.#passageOf({ request, upstream, incoming, body, response });
    await this.meet(this.faultFor(request), passage);
  }

  #passageOf(exchange: Exchange): Passage {
    const { request, response } = exchange;
    return {
      request,
      forward: async () => this.#answerTo(response, await forward(exchange)),
      cut: async (atBytes) => void (await forwardPart(exchange, atBytes)).destroy(),
      leaveHalfOpen: async (atBytes) => {
        const upstream = await forwardPart(exchange, atBytes);
        return () => upstream.destroy();
      },
      // Each request has a connection of its own, which is opened when it is forwarded.
      holdBack: () => undefined,
      breakOff: () => response.destroy(),
    };
  }

  #answerTo(response: http.ServerResponse, { status, headers, body }: Answer): PassingAnswer {
    const toUs = body.includes('"Location":"http://')
      ? Buffer.from(body.toString().replace('"Location":"http://', `"Location":"${this.#base}/`))
      : body;
    const { 'content-type': contentType = 'application/octet-stream' } = headers;
    const pass = () => {
      response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': toUs.length });
      response.end(toUs);
    };
    return { applied: status < 400, pass };
  }
}

function open({ incoming, upstream, body }: Exchange): http.ClientRequest {
  const headers = { ...incoming.headers, host: upstream.host, 'content-length': body.length };
  return http.request(upstream.url, { method: incoming.method ?? 'GET', agent: false, headers });
}

/** @throws where HDFS does not answer */
function forward(exchange: Exchange): Promise<Answer> {
  const request = open(exchange);
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const { statusCode = 0, headers } = response;
      collect(response).then((body) => resolve({ status: statusCode, headers, body }), reject);
    });
    request.end(exchange.body);
  });
}

/** Resolves when this much of the body is in the socket. */
async function forwardPart(exchange: Exchange, bytes: number): Promise<http.ClientRequest> {
  const request = open(exchange);
  request.on('error', () => {});
  request.flushHeaders();
  await new Promise<void>((resolve, reject) => {
    request.once('error', reject);
    request.write(exchange.body.subarray(0, bytes), (error) => (error ? reject(error) : resolve()));
  });
  return request;
}

async function collect(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
