import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { type BaseHeaders, OUTCOME_HEADER } from './answer.ts';

const PREFLIGHT_SECONDS = 86_400;
const NO_STORE = { 'Cache-Control': 'no-store' } as const;
const EXPOSED = `Retry-After, ${OUTCOME_HEADER}`;

/** The origins whose pages may read the answers: every origin, or a list. */
export type AllowedOrigins = '*' | readonly string[];

/**
 * Decides which pages may read the producer's answers (CORS). No page may send credentials: no
 * answer depends on a login. The headers of the answers are made beforehand, once for each origin.
 */
export class CrossOrigin {
  /** Answers a preflight, and lets every other request pass. */
  readonly preflight: MiddlewareHandler;
  readonly #allowed: ReadonlyMap<string, BaseHeaders>;
  readonly #others: BaseHeaders;

  constructor(origins: AllowedOrigins) {
    const named = origins === '*' ? [] : origins;
    this.#allowed = new Map(named.map((origin) => [origin, { ...allowHeaders(origin), Vary: 'Origin' }]));
    this.#others = origins === '*' ? allowHeaders('*') : { ...NO_STORE, Vary: 'Origin' };
    const answer = cors({
      origin: origins === '*' ? '*' : [...origins],
      allowMethods: ['GET', 'POST'],
      allowHeaders: ['Content-Type', 'Traceparent'],
      maxAge: PREFLIGHT_SECONDS,
    });
    this.preflight = (c, next) => (c.req.method === 'OPTIONS' ? answer(c, next) : next());
  }

  headersFor(c: Context): BaseHeaders {
    return this.#allowed.get(c.req.header('origin') ?? '') ?? this.#others;
  }
}

function allowHeaders(origin: string): BaseHeaders {
  return { ...NO_STORE, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED };
}
