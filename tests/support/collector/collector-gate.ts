import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A page's request to store its events, as the gate saw it. */
export interface SeenRequest {
  readonly atMs: number;
  readonly ids: readonly string[];
  readonly contentType: string | undefined;
  readonly cookie: string | undefined;
}

/** What the gate does with the next request for events, instead of passing it on. */
export type Incident =
  | { readonly is: 'answered'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The gate passes the request on, and loses the answer. */
  | { readonly is: 'swallowed' };

const TRACKER = '<script src="web-events.js"></script>';
const PAGES: Readonly<Record<string, string>> = {
  '/script': TRACKER,
  '/module':
    '<script type="module">import * as webEvents from "./web-events.mjs"; globalThis.webEvents = webEvents</script>',
  '/sandboxed': TRACKER,
};

/**
 * Stands between pages and the producer, and has empty pages of its own that load the tracker. The
 * gate passes every request on and remembers the requests for events. On command it lets such
 * requests go wrong.
 */
export class CollectorGate {
  readonly seen: SeenRequest[] = [];
  readonly preflights: string[] = [];
  readonly incidents: Incident[] = [];
  /** The most requests for events that were under way at one time. */
  mostAtOnce = 0;
  /** The producer's URL. Without a producer there, requests fail. */
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

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = '' } = request;
    const page = PAGES[url];
    if (page !== undefined) return sendPage(page, url, response);
    const body = await read(request);
    if (method === 'OPTIONS') this.preflights.push(url);
    const incident =
      url === '/api/events' && method === 'POST' ? this.#look(request, body, response) : undefined;
    if (incident?.is === 'answered') return refuse(incident, response);
    const answer = await fetch(`${this.target}${url}`, {
      method,
      headers: passed(request),
      ...(method === 'POST' ? { body } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (incident?.is === 'swallowed') response.destroy();
    else response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(bytes);
  }

  #look({ headers }: IncomingMessage, body: string, response: ServerResponse): Incident | undefined {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.once('close', () => {
      this.#atOnce -= 1;
    });
    const events: readonly { readonly id: string }[] = JSON.parse(body);
    this.seen.push({
      atMs: Date.now(),
      ids: events.map(({ id }) => id),
      contentType: headers['content-type'],
      cookie: headers.cookie,
    });
    return this.incidents.shift();
  }
}

function sendPage(page: string, url: string, response: ServerResponse): void {
  // A sandboxed page has an opaque origin, and with it neither storage nor locks.
  const policy = url === '/sandboxed' ? { 'Content-Security-Policy': 'sandbox allow-scripts' } : {};
  response.writeHead(200, { 'Content-Type': 'text/html', ...policy }).end(`<!doctype html>${page}`);
}

function refuse(
  { status, retryAfterSeconds }: Extract<Incident, { is: 'answered' }>,
  response: ServerResponse,
): void {
  const retry = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  response
    .writeHead(status, {
      ...retry,
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
    })
    .end(JSON.stringify({ title: 'On command', status, detail: 'on command', code: 'on_command' }));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The headers that the producer reads. The gate does not ask for compressed answers: `fetch` would
 * decompress them and leave the header that says so.
 */
function passed({ headers }: IncomingMessage): Record<string, string> {
  const names = ['content-type', 'origin', 'user-agent', 'sec-purpose', 'access-control-request-method'];
  const found = names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  return { ...Object.fromEntries(found), 'accept-encoding': 'identity' };
}
