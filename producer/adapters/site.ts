import { existsSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';

const SERVED = new Set(['.html', '.css', '.js', '.mjs']);

/** Serves the built site beside the API. Returns whether there is one: the collector is of use without. */
export function mountSite(app: Hono): boolean {
  const folder = siteFolder(dirname(fileURLToPath(import.meta.url)));
  if (folder === undefined) return false;
  for (const name of readdirSync(folder).filter((file) => SERVED.has(extname(file)))) {
    app.get(name === 'index.html' ? '/' : `/${name}`, serveFile(join(folder, name)));
  }
  return true;
}

function serveFile(path: string) {
  // `no-cache` still allows a copy, but asks each time: the page and its script must be of one release.
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
