import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request that stores events, as the gate saw it. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** The parameters of the address, in their order. */
  readonly query: Readonly<Record<string, string>>;
  readonly ids: readonly string[];
  readonly contentType: string | undefined;
  readonly cookie: string | undefined;
}

/** What the gate does with the next request that stores events, instead of passing it on. */
export type Incident =
  | {
      readonly is: 'answered';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      /** A code of the producer. Left out where another server answers in its place. */
      readonly code?: string;
    }
  /** The gate passes the request on and cuts the connection in place of the answer. */
  | { readonly is: 'swallowed' }
  /** The gate passes the request on and never answers. */
  | { readonly is: 'held' };

const TRACKER = '<script src="web-events.js"></script>';
const PAGES: Readonly<Record<string, string>> = {
  '/script': TRACKER,
  '/module':
    '<script type="module">import * as webEvents from "./web-events.mjs"; globalThis.webEvents = webEvents</script>',
  '/sandboxed': TRACKER,
};

/** The routes that store events. */
const STORING = ['GET /api/select', 'POST /api/events'];

/**
 * Stands between pages and the producer. The gate passes every request on and records those to the
 * API. On command it lets requests that store events go wrong. It has empty pages of its own with
 * the tracker in them.
 */
export class CollectorGate {
  /** The requests that store events. */
  readonly seen: SeenRequest[] = [];
  /** Method and path of every request to the API, in their order. */
  readonly calls: string[] = [];
  readonly incidents: Incident[] = [];
  /** While true, the gate cuts every storing request that meets no incident. */
  cutsOthers = false;
  /** The gate answers 403, as a firewall does, to every storing request with this in its body. */
  forbids?: string;
  /** The most requests that store events and were under way at one time. */
  mostAtOnce = 0;
  /** The producer's address. Where nothing listens there, the gate cuts the connection. */
  target: string;
  readonly #server: Server;
  #atOnce = 0;

  private constructor(target: string, server: Server) {
    this.target = target;
    this.#server = server;
    server.on('request', (request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async open(target: string): Promise<CollectorGate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CollectorGate(target, server);
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the gate is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  get seenIds(): readonly string[] {
    return this.seen.flatMap(({ ids }) => ids);
  }

  get preflights(): readonly string[] {
    return this.calls.filter((call) => call.startsWith('OPTIONS '));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = '' } = request;
    const page = PAGES[url];
    if (page !== undefined) return sendPage(page, url, response);
    const body = await read(request);
    const call = `${method} ${url.split('?', 1)[0]}`;
    if (url.startsWith('/api/')) this.calls.push(call);
    const isStoring = STORING.includes(call);
    const incident = isStoring ? this.#record(request, body, response) : undefined;
    if (incident?.is === 'answered') return refuse(incident, response);
    if (isStoring && incident === undefined && this.cutsOthers) return void response.destroy();
    if (this.forbids && body.includes(this.forbids)) return refuse({ status: 403 }, response);
    const answer = await fetch(`${this.target}${url}`, {
      method,
      headers: passed(request),
      ...(method === 'POST' ? { body } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (incident?.is === 'swallowed') response.destroy();
    else if (incident === undefined) {
      response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...CLOSING }).end(bytes);
    }
  }

  #record(request: IncomingMessage, body: string, response: ServerResponse): Incident | undefined {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.once('close', () => {
      this.#atOnce -= 1;
    });
    this.seen.push(seenRequest(request, body));
    return this.incidents.shift();
  }
}

/** On a connection that it uses again, Chromium itself repeats a request whose answer is lost. */
const CLOSING = { Connection: 'close' };

function seenRequest({ url = '', method = '', headers }: IncomingMessage, body: string): SeenRequest {
  const { pathname, searchParams } = new URL(url, 'http://gate');
  const events: readonly { readonly id: string }[] =
    method === 'POST' ? JSON.parse(body) : [{ id: searchParams.get('id') }];
  return {
    atMs: Date.now(),
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    ids: events.map(({ id }) => id),
    contentType: headers['content-type'],
    cookie: headers.cookie,
  };
}

function sendPage(page: string, url: string, response: ServerResponse): void {
  // A sandboxed page has an opaque origin: neither storage nor locks.
  const policy = url === '/sandboxed' ? { 'Content-Security-Policy': 'sandbox allow-scripts' } : {};
  response.writeHead(200, { 'Content-Type': 'text/html', ...policy }).end(`<!doctype html>${page}`);
}

function refuse(
  { status, retryAfterSeconds, code }: Omit<Extract<Incident, { is: 'answered' }>, 'is'>,
  response: ServerResponse,
): void {
  const retry = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  response
    .writeHead(status, {
      ...retry,
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
    })
    .end(code === undefined ? '<h1>Somebody else</h1>' : JSON.stringify(problem(status, code)));
}

const problem = (status: number, code: string) => ({
  type: `urn:web-events:${code}`,
  title: 'On command',
  status,
  detail: 'on command',
  code,
});

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The headers that matter to the producer. The answer must not come compressed: `fetch` would
 * decompress it and leave the header that says so.
 */
function passed({ headers }: IncomingMessage): Record<string, string> {
  const names = ['content-type', 'origin', 'user-agent', 'sec-purpose', 'access-control-request-method'];
  const found = names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  return { ...Object.fromEntries(found), 'accept-encoding': 'identity' };
}
