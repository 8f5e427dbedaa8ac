import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { root } from '../../../infra/local/process/root.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
};

export interface StaticSite {
  /** The first page's address. It is below a folder, as on any web space. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built site from an origin of its own. Its pages name the producer in their head. */
export async function hostSite(producer: string): Promise<StaticSite> {
  const server = createServer(async ({ url = '/' }, response) => {
    const name = url.endsWith('/') ? 'index.html' : (url.split('/').at(-1) ?? '');
    const file = await readFile(join(root, 'dist/site', name)).catch(() => undefined);
    if (file === undefined) return response.writeHead(404).end();
    const named = '<meta name="producer" content="';
    const body = extname(name) === '.html' ? file.toString().replace(named, `${named}${producer}`) : file;
    return response.writeHead(200, { 'Content-Type': TYPES[extname(name)] }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}/some/folder/`, close: () => close(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return address.port;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
