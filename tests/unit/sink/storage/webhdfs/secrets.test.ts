import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebHdfsClient, type WebHdfsOptions } from '../../../../../sink/storage/webhdfs/client.ts';

const FIRST =
  'LgAaaGRmcy9sb2NhbGhvc3RARVhBTVBMRS5DT00AAIoBohDEyTKKAaI00U0yAQIUt5LMW6Iir9K6-G-I7oOwNgkvA8QVSERGU19ERUxFR0FUSU9OX1RPS0VODzEyNy4wLjAuMToyODY5Mw';
const SECOND = `${FIRST.slice(0, -2)}NA`;
const HEADERS = { Authorization: 'Basic aHVzaDpodXNo' };

interface Asked {
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
}

let folder: string;
let tokenFile: string;
const releases: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-events-secrets-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${FIRST}\n`);
});
afterEach(() => {
  for (const release of releases.splice(0)) release();
  rmSync(folder, { recursive: true, force: true });
});

/** A server that records its requests. */
async function server(
  answer: (asked: Asked) => readonly [number, unknown],
): Promise<{ url: URL; asked: Asked[] }> {
  const asked: Asked[] = [];
  const listening = http.createServer((request, response) => {
    const one = { url: new URL(request.url ?? '/', 'http://any'), headers: request.headers };
    asked.push(one);
    const [status, body] = answer(one);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { Connection: 'close' }).end(text);
  });
  releases.push(() => listening.close());
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  return { url: new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`), asked };
}

function clientOf(url: URL, options: Partial<WebHdfsOptions> = {}): WebHdfsClient {
  const client = new WebHdfsClient({ nameNodes: [url], user: 'kim', timeoutMs: 5_000, ...options });
  releases.push(() => client.close());
  return client;
}

const list = (client: WebHdfsClient) => client.ask('GET', '/', 'LISTSTATUS');
const append = (client: WebHdfsClient) => client.transfer('POST', '/a', 'APPEND', { success: 200 });

/** A careless server, whose answer repeats the whole request. */
const echo = ({ url, headers }: Asked) =>
  [
    403,
    { RemoteException: { exception: 'IOException', message: `${url} ${JSON.stringify(headers)}` } },
  ] as const;

const shown = (error: unknown): string =>
  error instanceof Error ? `${JSON.stringify(error)} ${error.stack} ${shown(error.cause)}` : String(error);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error,
  );

describe('a delegation token', () => {
  test('goes to the NameNode in place of a user, never beside a user', async () => {
    const { url, asked } = await server(() => [200, {}]);
    await list(clientOf(url, { tokenFile }));
    expect(asked[0]?.url.searchParams.get('delegation')).toBe(FIRST);
    expect(asked[0]?.url.searchParams.has('user.name')).toBe(false);
  });

  test('is read from the file for each request', async () => {
    const { url, asked } = await server(() => [200, {}]);
    const client = clientOf(url, { tokenFile });
    await list(client);
    writeFileSync(tokenFile, SECOND);
    await list(client);
    expect(asked.map((one) => one.url.searchParams.get('delegation'))).toEqual([FIRST, SECOND]);
  });

  test('stays the last token while the file is away or half written', async () => {
    const { url, asked } = await server(() => [200, {}]);
    const client = clientOf(url, { tokenFile });
    await list(client);
    writeFileSync(tokenFile, '');
    await list(client);
    rmSync(tokenFile);
    await list(client);
    expect(asked.map((one) => one.url.searchParams.get('delegation'))).toEqual([FIRST, FIRST, FIRST]);
  });

  test('that was never there fails with the name of its file, and without a request', async () => {
    const { url, asked } = await server(() => [200, {}]);
    rmSync(tokenFile);
    const failure = list(clientOf(url, { tokenFile }));
    await expect(failure).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(tokenFile),
    });
    expect(asked).toEqual([]);
  });
});

describe('further headers', () => {
  test('go to the gateway, also where it redirects to itself, and to no other host', async () => {
    const dataNode = await server(() => [200, {}]);
    let location = dataNode.url;
    const gateway = await server(({ url }) => [
      200,
      url.searchParams.has('noredirect') ? { Location: `${location}webhdfs/v1/a?op=APPEND` } : {},
    ]);
    const client = clientOf(gateway.url, { headers: HEADERS });
    await append(client);
    location = gateway.url;
    await append(client);
    expect(dataNode.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const expected = Array.from({ length: 3 }, () => HEADERS.Authorization);
    expect(gateway.asked.map(({ headers }) => headers.authorization)).toEqual(expected);
  });
});

describe('no error shows a secret:', () => {
  const secrets = [FIRST, 'aHVzaDpodXNo'];
  const options = () => ({ tokenFile, headers: HEADERS });

  async function showsNothing(work: Promise<unknown>): Promise<void> {
    const text = shown(await failureOf(work));
    for (const secret of secrets) expect(text).not.toContain(secret);
  }

  test('a NameNode repeats its request', async () => {
    const { url } = await server(echo);
    await showsNothing(list(clientOf(url, options())));
  });

  test('a DataNode repeats its request', async () => {
    const dataNode = await server(echo);
    const location = `${dataNode.url}webhdfs/v1/a?op=APPEND&delegation=${FIRST}`;
    const { url } = await server(() => [200, { Location: location }]);
    await showsNothing(append(clientOf(url, options())));
  });

  test.each(['no address', 'http://[', 'ftp://host/', 'http://user name@host:port/'])(
    'a Location is %s',
    async (location) => {
      const { url } = await server(() => [200, { Location: `${location}?delegation=${FIRST}` }]);
      await showsNothing(append(clientOf(url, options())));
    },
  );

  describe('a gateway repeats it', () => {
    const padded = `${FIRST}==`;
    const basic = 'aHV/c2g6aHV+c2g/aHVzaA==';
    const answering = (message: string) =>
      `{"RemoteException":{"exception":"IOException","message":"${message}"}}`;
    const inUnicode = (text: string) =>
      text.replace(/[^A-Za-z0-9]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
    const inHtml = (text: string) =>
      text.replace(/[^A-Za-z0-9]/g, (one) => `&#x${one.charCodeAt(0).toString(16)};`);

    test.each<[string, (secret: string) => string]>([
      ['with JSON escapes', inUnicode],
      [
        'with JSON escapes in capitals',
        (text) => inUnicode(text).replace(/00../g, (code) => code.toUpperCase()),
      ],
      ['with escaped slashes', (text) => text.replaceAll('/', '\\/')],
      ['as JSON within JSON', (text) => inUnicode(text).replaceAll('\\', '\\\\')],
      ['with escaped slashes within JSON', (text) => text.replaceAll('/', '\\\\\\/')],
      ['as in a URL', encodeURIComponent],
      [
        'as in a URL, in small letters',
        (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
      ],
      ['as in a URL within a URL', (text) => encodeURIComponent(encodeURIComponent(text))],
      ['as in HTML', inHtml],
      ['without padding', (text) => text.replace(/=+$/, '')],
    ])('%s', async (_, escaped) => {
      writeFileSync(tokenFile, padded);
      const { url } = await server(() => [403, answering(`no ${escaped(padded)} and ${escaped(basic)}.`)]);
      const headers = { Authorization: `Basic ${basic}` };
      const failure = await failureOf(list(clientOf(url, { tokenFile, headers })));
      expect(failure).toMatchObject({ message: expect.stringMatching(/IOException: no \*{3} and \*{3}\.$/) });
    });
  });

  test('a DataNode is not there', async () => {
    const gone = await server(() => [200, {}]);
    for (const release of releases.splice(0)) release();
    const { url } = await server(() => [200, { Location: `${gone.url}a?delegation=${FIRST}` }]);
    await showsNothing(append(clientOf(url, options())));
  });

  test('an answer is not JSON', async () => {
    const listening = http.createServer((_, response) => response.end(`{"Location": ${FIRST}`));
    releases.push(() => listening.close());
    await once(listening.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
    await showsNothing(append(clientOf(url, options())));
  });
});
