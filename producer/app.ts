import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import { type BaseHeaders, problemResponse } from './answer.ts';
import type { CallReader } from './call.ts';
import type { Collector } from './collector.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { CollectorError } from './errors.ts';
import type { Health } from './health.ts';
import { openApi } from './openapi.ts';
import { type BodyLimits, events, pixel, refuseMethod, select } from './routes.ts';

export interface AppOptions {
  readonly collector: Collector;
  readonly calls: CallReader;
  readonly crossOrigin: CrossOrigin;
  readonly limits: BodyLimits;
  readonly health: Health;
  readonly log: Logger;
}

/** The collector from Request to Response; it opens no port and does no I/O of its own. */
export function createApp({ collector, calls, crossOrigin, limits, health, log }: AppOptions): Hono {
  const headersFor = (c: Context) => (isApi(c) ? crossOrigin.headersFor(c) : {});
  const route = { collector, calls, headersFor };
  const app = new Hono();
  app.use(closeWhileDraining(health), access(log));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, known) => refuse(c, known, headersFor(c)) }));
  app.use('/api/*', crossOrigin.preflight, refuseHead(headersFor));
  app.get('/api/select', select(route));
  app.get('/api/pixel.gif', pixel(route));
  app.post('/api/events', events(route, limits));
  const document = openApi(limits);
  app.get('/openapi.json', (c) => c.json(document));
  app.notFound((c) =>
    problemResponse(new CollectorError('not_found', `There is no ${c.req.path}`), headersFor(c)),
  );
  app.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'request failed');
    return problemResponse(new CollectorError('internal', 'An unexpected error, see the log'), headersFor(c));
  });
  return app;
}

function isApi(c: Context): boolean {
  return c.req.path.startsWith('/api/');
}

/** A kept-alive connection would otherwise hold the process up, or be cut under its next request. */
function closeWhileDraining(health: Health): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (health.draining) c.header('Connection', 'close');
  };
}

/** Hono answers HEAD by GET. */
function refuseHead(headersFor: (c: Context) => BaseHeaders): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'HEAD') return next();
    return refuse(c, [c.req.path === '/api/events' ? 'POST' : 'GET'], headersFor(c));
  };
}

function refuse(c: Context, known: readonly string[], base: BaseHeaders): Response {
  return refuseMethod(c, isApi(c) ? known.filter((method) => method !== 'HEAD') : known, base);
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
