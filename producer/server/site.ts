import { existsSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import { every } from 'hono/combine';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';

const SERVED = new Set(['.html', '.css', '.js', '.mjs']);
/** The tracker, for pages of other origins. */
const PUBLIC = new Set(['web-events.js', 'web-events.mjs']);

/** The page loads what lies beside it, asks whom it came from, and is framed by nobody. */
const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ['data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Whether there is TLS in front, and for how long, is not for the collector to promise.
  strictTransportSecurity: false,
});

/** hono's own would keep other origins' pages from loading it, and a module script needs CORS besides. */
const publicHeaders = secureHeaders({
  crossOriginResourcePolicy: 'cross-origin',
  strictTransportSecurity: false,
});

/** Serves the built site beside the API. Returns whether there is one: the collector is of use without. */
export function mountSite(app: Hono): boolean {
  const folder = siteFolder(dirname(fileURLToPath(import.meta.url)));
  if (folder === undefined) return false;
  for (const name of readdirSync(folder).filter((file) => SERVED.has(extname(file)))) {
    const path = name === 'index.html' ? '/' : `/${name}`;
    const headers = PUBLIC.has(name) ? every(cors(), publicHeaders) : pageHeaders;
    app.get(path, headers, etag(), compress(), serveFile(join(folder, name)));
  }
  return true;
}

function serveFile(path: string) {
  // `no-cache` still allows a copy, but asks each time, by its ETag: the page and its script must be of one release.
  return serveStatic({ path, onFound: (_path, c) => c.header('Cache-Control', 'no-cache') });
}

/** `dist/site` of the package this file lies in, whether it runs from source or built. */
function siteFolder(from: string): string | undefined {
  if (existsSync(join(from, 'package.json'))) {
    const folder = join(from, 'dist/site');
    return existsSync(join(folder, 'index.html')) ? folder : undefined;
  }
  return dirname(from) === from ? undefined : siteFolder(dirname(from));
}
