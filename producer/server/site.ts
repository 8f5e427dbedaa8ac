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

/** The page loads only its own files, calls only its own origin, and no page may frame it. */
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
  // The producer cannot promise that there is TLS in front of it, nor for how long.
  strictTransportSecurity: false,
});

/** Hono's defaults would keep pages of other origins from loading the tracker. */
const publicHeaders = secureHeaders({
  crossOriginResourcePolicy: 'cross-origin',
  strictTransportSecurity: false,
});

/**
 * Serves the built site beside the API. Returns false without a site; the producer works without.
 */
export function mountSite(app: Hono): boolean {
  const folder = siteFolder(dirname(fileURLToPath(import.meta.url)));
  if (folder === undefined) return false;
  for (const name of readdirSync(folder).filter((file) => SERVED.has(extname(file)))) {
    const path = name === 'index.html' ? '/' : `/${name}`;
    // A module script of another origin needs CORS besides.
    const headers = PUBLIC.has(name) ? every(cors(), publicHeaders) : pageHeaders;
    app.get(path, headers, etag(), compress(), serveFile(join(folder, name)));
  }
  return true;
}

function serveFile(path: string) {
  // With `no-cache` a browser may keep a copy, but asks by its ETag each time: the page and its
  // script must be of one release.
  return serveStatic({ path, onFound: (_path, c) => c.header('Cache-Control', 'no-cache') });
}

/** The `dist/site` of the package of this file, which may be the source or the built file. */
function siteFolder(from: string): string | undefined {
  if (existsSync(join(from, 'package.json'))) {
    const folder = join(from, 'dist/site');
    return existsSync(join(folder, 'index.html')) ? folder : undefined;
  }
  return dirname(from) === from ? undefined : siteFolder(dirname(from));
}
