import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { HdfsClient, HdfsClientOptions } from '../../../sink/hdfs/client.ts';
import { decodeToken } from '../../../sink/hdfs/sasl/token.ts';
import { tokenClient, wholeLifeOf } from '../../support/secured/secured-client.ts';
import { type SecuredHdfs, startSecuredHdfs } from '../../support/secured/secured-hdfs.ts';
import { SecuredWitness } from '../../support/secured/secured-witness.ts';

const QUICKLY_MS = 10_000;

let folder: string;
let secured: SecuredHdfs;
let token: string;
const clients: HdfsClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-token-'));
  secured = await startSecuredHdfs(folder);
  token = await secured.fetchToken();
}, 240_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await secured?.stop();
  await rm(folder, { recursive: true, force: true });
});

function newClient(options: Partial<HdfsClientOptions> = {}, urls = secured.hdfs.rpcUrls): HdfsClient {
  const client = tokenClient(urls, () => token, options);
  clients.push(client);
  return client;
}

test('with a delegation token a file is created, flushed, read, recovered, cut and appended to', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(index)}\n`);
  expect(await wholeLifeOf('/life', newClient(), lines)).toBe(lines.join(''));
  expect((await newClient().status('/life'))?.owner).toBe('hdfs');
});

test(
  'a token with another password is refused at once',
  async () => {
    const wrong = { ...decodeToken(token), password: Buffer.alloc(20) };
    const asked = newClient({ token: async () => wrong }).status('/');
    await expect(asked).rejects.toMatchObject({ kind: 'remote', reason: 'SaslException' });
  },
  QUICKLY_MS,
);

test('a cancelled token is refused at once, and the next token is used without a new client', async () => {
  await new SecuredWitness(secured, () => token).cancel(token);
  const client = newClient();
  const beganMs = performance.now();
  const asked = client.status('/');
  await expect(asked).rejects.toMatchObject({ kind: 'remote', reason: 'InvalidToken' });
  expect(performance.now() - beganMs).toBeLessThan(QUICKLY_MS);
  await expect(asked).rejects.not.toThrow(token);
  token = await secured.fetchToken();
  expect((await client.status('/'))?.owner).toBeDefined();
});

test(
  'a secured cluster refuses a client without a token, and the error says what is missing',
  async () => {
    const asked = newClient({ token: undefined }).status('/');
    await expect(asked).rejects.toMatchObject({ kind: 'remote', reason: 'AccessControlException' });
    await expect(asked).rejects.toThrow('a delegation token is needed');
  },
  QUICKLY_MS,
);

test(
  'a cluster refuses a token of another cluster, even if it asks for no token itself',
  async () => {
    const asked = newClient({}, inject('hdfsRpcUrl').split(',')).status('/');
    await expect(asked).rejects.toMatchObject({ kind: 'remote', reason: 'InvalidToken' });
  },
  QUICKLY_MS,
);

test('a DataNode hangs up on a client without SASL, and the error says so', async () => {
  const file = await newClient({ plainDataNodes: true }).create('/plain');
  await expect(file.write(Buffer.from('line\n'))).rejects.toThrow(/DataNode 127\.0\.0\.1:\d+: ECONNRESET/);
});
