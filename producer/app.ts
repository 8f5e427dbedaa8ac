import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import { CollectorError } from './errors.ts';
import type { EventLog } from './event-log.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import { problemResponse } from './problem.ts';
import { select } from './select.ts';

export interface AppOptions {
  readonly eventLog: EventLog;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

const PREFLIGHT_SECONDS = 86_400;

/** The collector from Request to Response; it opens no port and does no I/O of its own. */
export function createApp({ eventLog, health, metrics, log, now = Date.now }: AppOptions): Hono {
  const app = new Hono();
  app.use(closeWhileDraining(health), access(log));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.use('/api/*', crossOrigin(), refuseHead, refuseWhileDraining(health));
  app.get('/api/select', select({ eventLog, metrics, now }));
  app.get('/livez', (c) => c.text(health.standstill ?? 'live', health.standstill === undefined ? 200 : 503));
  app.get('/readyz', (c) => c.text(health.readiness, health.readiness === 'ready' ? 200 : 503));
  app.get('/metrics', async (c) =>
    c.body(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  );
  app.notFound((c) => problemResponse(c, new CollectorError('not_found', `There is no ${c.req.path}`)));
  app.onError((error, c) => answerError(error, c, log));
  return app;
}

/**
 * The page may be hosted elsewhere than the collector. Hono's middleware answers the preflight alone: on every other
 * request it would make a whole Response only to set two headers, a fifth of the time an event takes here.
 */
function crossOrigin(): MiddlewareHandler {
  const preflight = cors({ origin: '*', allowMethods: ['GET'], maxAge: PREFLIGHT_SECONDS });
  return async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    c.header('Access-Control-Allow-Origin', '*');
    c.header('Access-Control-Expose-Headers', 'Retry-After');
    await next();
  };
}

/** A kept-alive connection would otherwise hold the process up, or be cut under its next request. */
function closeWhileDraining(health: Health): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (health.draining) c.header('Connection', 'close');
  };
}

/** Hono answers HEAD by GET, but whoever only looks (a link checker, a preview) must not store an event. */
const refuseHead: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'HEAD') return next();
  return refuseMethod(c, ['GET', 'HEAD']);
};

function refuseWhileDraining(health: Health): MiddlewareHandler {
  return async (_c, next) => {
    if (health.draining) throw new CollectorError('draining', 'The event was not stored; send it again');
    await next();
  };
}

function access(log: Logger): MiddlewareHandler {
  return async (c, next) => {
    if (!log.isLevelEnabled('debug')) return next();
    const start = performance.now();
    await next();
    const ms = Math.round(performance.now() - start);
    log.debug({ method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request');
  };
}

function refuseMethod(c: Context, known: readonly string[]): Response {
  const allowed = c.req.path.startsWith('/api/') ? known.filter((method) => method !== 'HEAD') : known;
  const response = problemResponse(
    c,
    new CollectorError('method_not_allowed', `${c.req.path} takes ${allowed.join(', ')}`),
  );
  response.headers.set('Allow', allowed.join(', '));
  return response;
}

function answerError(error: Error, c: Context, log: Logger): Response {
  if (!(error instanceof CollectorError)) {
    log.error({ err: error, path: c.req.path }, 'request failed');
    return problemResponse(c, new CollectorError('internal', 'An unexpected error, see the log'));
  }
  // The many that follow from one broken broker are in the metrics; its breaking is logged once, by the event log.
  const rare = error.code === 'outcome_unknown' || error.code === 'broker_refused';
  log[rare ? 'warn' : 'debug']({ err: error, code: error.code }, 'event not acknowledged');
  return problemResponse(c, error);
}
