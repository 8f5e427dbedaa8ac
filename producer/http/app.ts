import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { Collector } from '../events/collector.ts';
import { CollectorError } from '../events/errors.ts';
import { type BaseHeaders, problemResponse } from './answer.ts';
import type { CallReader } from './call.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { openApi } from './openapi.ts';
import { type BodyLimits, eventsRoute, pixelRoute, type Route, refuseMethod, selectRoute } from './routes.ts';

export interface AppOptions {
  readonly collector: Collector;
  readonly calls: CallReader;
  readonly crossOrigin: CrossOrigin;
  readonly limits: BodyLimits;
  readonly log: Logger;
}

/**
 * The producer from Request to Response. The app opens no port and does no I/O of its own. An
 * event's path has one handler and no middleware: Hono takes a seventh of a request's time to call
 * a chain of middleware.
 */
export function createApp({ collector, calls, crossOrigin, limits, log }: AppOptions): Hono {
  const headersFor = (c: Context) => (isApi(c) ? crossOrigin.headersFor(c) : {});
  const options = { collector, calls, headersFor };
  const app = new Hono();
  if (log.isLevelEnabled('debug')) app.use(logRequests(log));
  app.options('/api/*', crossOrigin.preflight);
  app.get('/api/select', orRefuseHead(selectRoute(options), headersFor));
  app.get('/api/pixel.gif', orRefuseHead(pixelRoute(options), headersFor));
  app.post('/api/events', eventsRoute(options, limits));
  const document = openApi(limits);
  app.get('/openapi.json', (c) => c.json(document));
  app.notFound((c) => {
    const taken = methodsOf(app, c);
    if (taken.length > 0) return refuseMethod(c, taken, headersFor(c));
    return problemResponse(new CollectorError('not_found', `There is no ${c.req.path}`), headersFor(c));
  });
  app.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'request failed');
    return problemResponse(new CollectorError('internal', 'An unexpected error, see the log'), headersFor(c));
  });
  return app;
}

function isApi(c: Context): boolean {
  return c.req.path.startsWith('/api/');
}

/**
 * Refuses HEAD, which Hono answers with the handler of GET. Clients that only look (a link checker,
 * a preview) send HEAD, and must not store an event.
 */
function orRefuseHead(route: Route, headersFor: (c: Context) => BaseHeaders): Route {
  return (c) =>
    c.req.method === 'HEAD' ? Promise.resolve(refuseMethod(c, ['GET'], headersFor(c))) : route(c);
}

/** The methods that a request's path takes; none if there is no such path. A pattern is no path. */
function methodsOf(app: Hono, c: Context): string[] {
  const { path: asked } = c.req;
  const routes = app.routes.filter(({ path }) => path === asked && !path.includes('*'));
  const methods = new Set(routes.map(({ method }) => method));
  if (methods.has('GET') && !isApi(c)) methods.add('HEAD');
  return [...methods];
}

function logRequests(log: Logger): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now();
    await next();
    const ms = Math.round(performance.now() - start);
    log.debug({ method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request');
  };
}
