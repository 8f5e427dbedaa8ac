import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebHdfsStore } from '../../../../sink/webhdfs/store.ts';

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0)) release();
});

/** Answers a listing with one claimed folder, and a RENAME with `renamed`. */
async function serverThat(renamed: string): Promise<URL> {
  const listing = { FileStatuses: { FileStatus: [{ pathSuffix: 'older', type: 'DIRECTORY', length: 0 }] } };
  const server = http.createServer((request, response) => {
    response.end(request.url?.includes('op=RENAME') ? renamed : JSON.stringify(listing));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  releases.push(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function claimAt(renamed: string): Promise<void> {
  const nameNodes = [await serverThat(renamed)];
  const store = new WebHdfsStore({ nameNodes, user: 'kim', timeoutMs: 5_000, dir: '/data', topic: 'clicks' });
  releases.push(() => store.close());
  await store.claim({ partition: 0, token: 'newer' });
}

test('a server that answers nothing to a RENAME with options has made the claim', async () => {
  await expect(claimAt('')).resolves.toBeUndefined();
});

test.each(['{"boolean":true}', '{"boolean":false}'])(
  'a server that answers %s does not know renameoptions, and has made no claim',
  async (renamed) => {
    await expect(claimAt(renamed)).rejects.toMatchObject({ kind: 'refused', reason: 'RenameOptionsIgnored' });
  },
);
