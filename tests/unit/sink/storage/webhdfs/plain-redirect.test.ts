import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebHdfsClient } from '../../../../../sink/storage/webhdfs/client.ts';
import { makeCa } from '../../../../support/secured/throw-away-ca.ts';

const SECRET = 'delegation=AAAAAAAAAAAAAAAA';

let folder: string;
let ca: string;
const releases: (() => void)[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'web-events-redirect-'));
  ca = readFileSync((await makeCa(folder)).caFile, 'utf8');
}, 60_000);
afterEach(() => {
  for (const release of releases.splice(0)) release();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Node {
  readonly url: URL;
  readonly asked: string[];
}

/** A server that answers each request with this Location. */
async function start(scheme: 'http' | 'https', location?: () => string): Promise<Node> {
  const asked: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    response.writeHead(200, { Connection: 'close' }).end(JSON.stringify({ Location: location?.() }));
  };
  const [key, cert] = ['key.pem', 'certificate.pem'].map((file) => readFileSync(join(folder, file)));
  const server = scheme === 'http' ? http.createServer(answer) : https.createServer({ key, cert }, answer);
  releases.push(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`), asked };
}

async function append(nameNode: Node, allowPlainRedirect?: boolean): Promise<unknown> {
  const allowed = allowPlainRedirect === undefined ? {} : { allowPlainRedirect };
  const client = new WebHdfsClient({
    nameNodes: [nameNode.url],
    user: 'kim',
    ca,
    timeoutMs: 5_000,
    ...allowed,
  });
  releases.push(() => client.close());
  return client.transfer('POST', '/a', 'APPEND', { body: [Buffer.from('a line\n')], success: 200 });
}

const locationAt = ({ url }: Node) => `${url}webhdfs/v1/a?op=APPEND&${SECRET}`;

test('a DataNode without TLS that a NameNode with TLS names is refused by name, and asked nothing', async () => {
  const dataNode = await start('http');
  const nameNode = await start('https', () => locationAt(dataNode));
  const failure = await append(nameNode).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'refused',
    reason: 'PlainRedirect',
    message: expect.stringContaining(dataNode.url.host),
  });
  expect(String(failure)).not.toContain(SECRET);
  expect(dataNode.asked).toEqual([]);
});

test('it is taken where the setting says so', async () => {
  const dataNode = await start('http');
  const nameNode = await start('https', () => locationAt(dataNode));
  await append(nameNode, true);
  expect(dataNode.asked).toHaveLength(1);
});

test.each<['http' | 'https', 'http' | 'https']>([
  ['https', 'https'],
  ['http', 'https'],
  ['http', 'http'],
])('from %s to %s a redirect is followed', async (from, to) => {
  const dataNode = await start(to);
  const nameNode = await start(from, () => locationAt(dataNode));
  await append(nameNode);
  expect(dataNode.asked).toHaveLength(1);
});
