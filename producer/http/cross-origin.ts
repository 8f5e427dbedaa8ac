import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { type BaseHeaders, OUTCOME_HEADER } from './answer.ts';

const PREFLIGHT_SECONDS = 86_400;
const NO_STORE = { 'Cache-Control': 'no-store' } as const;
const EXPOSED = `Retry-After, ${OUTCOME_HEADER}`;

/** Which pages may call: those of every origin, or of these. */
export type AllowedOrigins = '*' | readonly string[];

/**
 * Which pages may read the collector's answers (CORS). Credentials are never allowed: nothing here depends on who is
 * logged in where. What goes with every answer is made beforehand, once for each origin.
 */
export class CrossOrigin {
  /** Answers a preflight; everything else passes. */
  readonly preflight: MiddlewareHandler;
  readonly #allowed: ReadonlyMap<string, BaseHeaders>;
  readonly #others: BaseHeaders;

  constructor(origins: AllowedOrigins) {
    const listed = origins === '*' ? [] : origins;
    this.#allowed = new Map(listed.map((origin) => [origin, { ...allow(origin), Vary: 'Origin' }]));
    this.#others = origins === '*' ? allow('*') : { ...NO_STORE, Vary: 'Origin' };
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

function allow(origin: string): BaseHeaders {
  return { ...NO_STORE, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED };
}
