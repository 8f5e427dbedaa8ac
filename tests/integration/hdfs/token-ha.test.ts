import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HdfsClient } from '../../../sink/hdfs/client.ts';
import { tokenClient } from '../../support/secured/secured-client.ts';
import type { SecuredHdfs } from '../../support/secured/secured-hdfs.ts';
import { startSecuredPair } from '../../support/secured/secured-pair.ts';

let folder: string;
let secured: SecuredHdfs;
let client: HdfsClient;
let ofStandby: HdfsClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-token-ha-'));
  secured = await startSecuredPair(folder);
  const token = await secured.fetchToken();
  const [active = '', standby = ''] = secured.hdfs.rpcUrls;
  client = tokenClient([standby, active], () => token);
  ofStandby = tokenClient([standby], () => token);
}, 240_000);
afterAll(async () => {
  client?.close();
  ofStandby?.close();
  await secured?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the active NameNode takes a token, and the standby takes it after the failover', async () => {
  const refusal = { kind: 'remote', reason: 'StandbyException' };
  await expect(ofStandby.status('/')).rejects.toMatchObject(refusal);
  const file = await client.create('/file');
  await file.write(Buffer.from('one\n'));
  await secured.hdfs.failover(1);
  expect((await ofStandby.status('/file'))?.fileId).toBeDefined();
  await file.write(Buffer.from('two\n'));
  await file.close();
  expect(String(await client.read({ path: '/file', at: 0, bytes: 8 }))).toBe('one\ntwo\n');
});
