import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type HdfsFault, isTarget, type PassingRequest, type Target } from './hdfs-fault.ts';

interface Rule {
  readonly target: Target;
  readonly fault: HdfsFault;
  /** Requests that are still to go wrong. */
  left: number;
}

/** One request, read whole, and the client that waits for its answer. */
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

/** What came of a request that was held back: HDFS's status, or undefined where it did not answer. */
export interface LateOutcome {
  readonly request: PassingRequest;
  readonly status: number | undefined;
}

/**
 * Stands between a sink and HDFS, NameNode and DataNodes alike, and lets requests go wrong on command. Its paths begin with the
 * host and port meant, and the Locations that a NameNode names are rewritten to lead back here. It owns the requests it
 * holds back, and the connections to HDFS that it keeps half-open.
 */
export class HdfsProxy {
  /** Asked where no rule fits. */
  chance: (request: PassingRequest) => HdfsFault | undefined = () => undefined;
  /** How often what went wrong: `cut APPEND`. */
  readonly injected = new Map<string, number>();
  readonly #server: http.Server;
  readonly #nameNodes: readonly string[];
  readonly #sockets = new Set<Socket>();
  #rules: Rule[] = [];
  #held: (() => Promise<LateOutcome>)[] = [];
  #halfOpen: http.ClientRequest[] = [];

  private constructor(nameNodes: readonly string[]) {
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

  /** For HDFS_URL. */
  get url(): string {
    return this.#nameNodes.map((host) => `${this.#base}/${host}`).join(',');
  }

  /** Requests held back. */
  get held(): number {
    return this.#held.length;
  }

  /** Every request that fits goes wrong from now on, or so many of them. Rules are asked in the order they were made. */
  rule(target: Target, fault: HdfsFault, times = Number.POSITIVE_INFINITY): Readonly<Rule> {
    const rule = { target, fault, left: times };
    this.#rules.push(rule);
    return rule;
  }

  /** The next request that fits goes wrong. */
  next(target: Target, fault: HdfsFault): Readonly<Rule> {
    return this.rule(target, fault, 1);
  }

  /** Nothing goes wrong any more; what is held back stays so. */
  heal(): void {
    this.#rules = [];
    this.chance = () => undefined;
  }

  /** HDFS gets what was held back, in the order it was asked for, and half-open connections end. */
  async release(): Promise<LateOutcome[]> {
    for (const request of this.#halfOpen.splice(0)) request.destroy();
    const outcomes: LateOutcome[] = [];
    for (const apply of this.#held.splice(0)) outcomes.push(await apply());
    return outcomes;
  }

  async close(): Promise<void> {
    for (const request of this.#halfOpen.splice(0)) request.destroy();
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
    const request = {
      op: url.searchParams.get('op') ?? '',
      path: decodeURIComponent(`/${rest.join('/')}`).replace(/^\/webhdfs\/v1/, ''),
      query: url.searchParams,
      to: this.#nameNodes.includes(host) ? ('namenode' as const) : ('datanode' as const),
      bytes: body.length,
    };
    const upstream = { host, url: `http://${host}/${rest.join('/')}${url.search}` };
    const exchange = { request, upstream, incoming, body, response };
    await this.#meet(this.#faultFor(request), exchange);
  }

  #faultFor(request: PassingRequest): HdfsFault | undefined {
    const rule = this.#rules.find(({ target, left }) => left > 0 && isTarget(target, request));
    const fault = rule ? rule.fault : this.chance(request);
    if (rule) rule.left -= 1;
    if (fault) {
      const name = `${fault.kind} ${request.op}`;
      this.injected.set(name, (this.injected.get(name) ?? 0) + 1);
    }
    return fault;
  }

  async #meet(fault: HdfsFault | undefined, exchange: Exchange): Promise<void> {
    const { response } = exchange;
    switch (fault?.kind) {
      case undefined:
        return this.#answer(response, await forward(exchange));
      case 'refuse':
        return void response.destroy();
      case 'swallow':
        await forward(exchange);
        return void response.destroy();
      case 'hold':
        this.#held.push(() => this.#applyLate(exchange));
        return;
      case 'cut':
        (await forwardPart(exchange, fault.atBytes)).destroy();
        return void response.destroy();
      case 'half-open':
        this.#halfOpen.push(await forwardPart(exchange, fault.atBytes));
        return;
      case 'delay':
        await delay(fault.ms);
        return this.#answer(response, await forward(exchange));
      case 'before':
        await fault.act();
        return this.#answer(response, await forward(exchange));
      case 'after': {
        const answer = await forward(exchange);
        await fault.act();
        return this.#answer(response, answer);
      }
    }
  }

  async #applyLate(exchange: Exchange): Promise<LateOutcome> {
    const answer = await forward(exchange).catch(() => undefined);
    if (answer) this.#answer(exchange.response, answer);
    return { request: exchange.request, status: answer?.status };
  }

  #answer(response: http.ServerResponse, { status, headers, body }: Answer): void {
    const toUs = body.includes('"Location":"http://')
      ? Buffer.from(body.toString().replace('"Location":"http://', `"Location":"${this.#base}/`))
      : body;
    const { 'content-type': contentType = 'application/octet-stream' } = headers;
    response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': toUs.length });
    response.end(toUs);
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

/** Resolves once so much of the body is in the socket. */
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
