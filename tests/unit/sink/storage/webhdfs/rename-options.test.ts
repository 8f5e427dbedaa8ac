import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebHdfsFileSystem } from '../../../../../sink/storage/webhdfs/file-system.ts';

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0)) release();
});

/** A server that answers every request with `renamed`. */
async function serverThat(renamed: string): Promise<URL> {
  const server = http.createServer((_, response) => response.end(renamed));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  releases.push(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function renameAt(renamed: string): Promise<void> {
  const nameNodes = [await serverThat(renamed)];
  const files = new WebHdfsFileSystem({ nameNodes, user: 'kim', timeoutMs: 5_000 });
  releases.push(() => files.close());
  await files.rename('/older', '/newer');
}

test('a server that answers nothing to a RENAME with options has made it', async () => {
  await expect(renameAt('')).resolves.toBeUndefined();
});

test.each(['{"boolean":true}', '{"boolean":false}'])(
  'a server that answers %s does not know renameoptions, and the rename is no fence',
  async (renamed) => {
    await expect(renameAt(renamed)).rejects.toMatchObject({
      kind: 'refused',
      reason: 'RenameOptionsIgnored',
    });
  },
);
