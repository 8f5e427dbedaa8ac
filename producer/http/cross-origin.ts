import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { type BaseHeaders, OUTCOME_HEADER } from './answer.ts';

const PREFLIGHT_SECONDS = 86_400;
const NO_STORE = { 'Cache-Control': 'no-store' } as const;
const EXPOSED = `Retry-After, ${OUTCOME_HEADER}`;

/**
 * The origins whose pages may read the answers: every origin, or a list. `https://*.example.com`
 * stands for every subdomain of example.com.
 */
export type AllowedOrigins = '*' | readonly string[];

/**
 * Decides which pages may read the producer's answers (CORS). No page may send credentials: no
 * answer depends on a login. The headers of the answers are made beforehand, once for each origin.
 */
export class CrossOrigin {
  /** Answers a preflight, and lets every other request pass. */
  readonly preflight: MiddlewareHandler;
  readonly #allowed: ReadonlyMap<string, BaseHeaders>;
  readonly #patterns: readonly string[];
  readonly #others: BaseHeaders;

  constructor(origins: AllowedOrigins) {
    const listed = origins === '*' ? [] : origins;
    const named = listed.filter((origin) => !isPattern(origin));
    this.#patterns = listed.filter(isPattern);
    this.#allowed = new Map(named.map((origin) => [origin, headersOf(origin)]));
    this.#others = origins === '*' ? allowHeaders('*') : { ...NO_STORE, Vary: 'Origin' };
    const answer = cors({
      origin: origins === '*' ? '*' : (origin) => (this.#headersOf(origin) ? origin : null),
      allowMethods: ['GET', 'POST'],
      // hono allows what the browser asks for. Tracing and monitoring add headers to each fetch,
      // and without credentials no header can do harm.
      allowHeaders: [],
      maxAge: PREFLIGHT_SECONDS,
    });
    this.preflight = async (c, next) => {
      if (c.req.method !== 'OPTIONS') return next();
      const response = await answer(c, next);
      if (response) allowPrivateNetwork(c, response.headers);
      return response;
    };
  }

  headersFor(c: Context): BaseHeaders {
    return this.#headersOf(c.req.header('origin') ?? '') ?? this.#others;
  }

  #headersOf(origin: string): BaseHeaders | undefined {
    const listed = this.#allowed.get(origin);
    if (listed) return listed;
    return this.#patterns.some((pattern) => matches(origin, pattern)) ? headersOf(origin) : undefined;
  }
}

/**
 * A public page may reach a producer in a private network, where the browser asks beforehand:
 * https://wicg.github.io/private-network-access/
 */
function allowPrivateNetwork(c: Context, headers: Headers): void {
  if (c.req.header('access-control-request-private-network') !== 'true') return;
  if (headers.has('access-control-allow-origin')) headers.set('Access-Control-Allow-Private-Network', 'true');
}

const isPattern = (origin: string): boolean => origin.includes('://*.');

/** Whether the origin is of a subdomain, at any depth, of the pattern's domain. */
function matches(origin: string, pattern: string): boolean {
  const [scheme = '', domain = ''] = pattern.split('*');
  return (
    origin.length > scheme.length + domain.length && origin.startsWith(scheme) && origin.endsWith(domain)
  );
}

const headersOf = (origin: string): BaseHeaders => ({ ...allowHeaders(origin), Vary: 'Origin' });

function allowHeaders(origin: string): BaseHeaders {
  return { ...NO_STORE, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED };
}
