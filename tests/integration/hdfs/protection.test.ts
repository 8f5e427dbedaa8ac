import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { HdfsClient, HdfsClientOptions } from '../../../sink/hdfs/client.ts';
import { tokenClient, wholeLifeOf } from '../../support/secured/secured-client.ts';
import { type SecuredHdfs, startSecuredHdfs } from '../../support/secured/secured-hdfs.ts';
import { until } from '../../support/until.ts';

/** Longer than a packet, so that several messages are sealed. */
const LINES = Array.from(
  { length: 100 },
  (_, index) => `a line in clear ${index} ${'x'.repeat(20 * index)}\n`,
);
const WITHIN_MS = 180_000;

let folder: string;
let secured: SecuredHdfs | undefined;
let client: HdfsClient | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  client?.close();
  await secured?.stop();
  await rm(folder, { recursive: true, force: true });
  secured = undefined;
});

async function clientOf(properties: Record<string, string>, options: Partial<HdfsClientOptions> = {}) {
  folder = await mkdtemp(join(tmpdir(), 'web-events-protection-'));
  secured = await startSecuredHdfs(folder, properties);
  const token = await secured.fetchToken();
  client = tokenClient(secured.hdfs.rpcUrls, () => token, options);
  return { client, newClient: () => tokenClient(secured?.hdfs.rpcUrls ?? [], () => token, options) };
}

/** Records all bytes that leave this process from now on. */
function overheard(): () => string {
  const heard: Buffer[] = [];
  const write = Socket.prototype.write;
  vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...args: unknown[]) {
    heard.push(Buffer.from(args[0] as Uint8Array));
    return Reflect.apply(write, this, args);
  });
  return () => Buffer.concat(heard).toString('latin1');
}

const PRIVACY = { 'hadoop.rpc.protection': 'privacy', 'dfs.data.transfer.protection': 'privacy' };
const AES = {
  'dfs.encrypt.data.transfer.cipher.suites': 'AES/CTR/NoPadding',
  'dfs.encrypt.data.transfer.cipher.key.bitlength': '256',
};

test.each([
  { demands: 'privacy', properties: PRIVACY },
  { demands: 'privacy by AES', properties: { ...PRIVACY, ...AES } },
])(
  'where the cluster demands $demands, no line and no path is sent in clear',
  async ({ properties }) => {
    const { client } = await clientOf(properties);
    const heard = overheard();
    expect(await wholeLifeOf('/private', client, LINES)).toBe(LINES.join(''));
    expect(heard()).toContain('hrpc');
    expect(heard()).not.toContain('a line in clear');
    expect(heard()).not.toContain('/private');
  },
  WITHIN_MS,
);

test(
  'where the cluster encrypts data transfer, no line is sent in clear',
  async () => {
    const { client } = await clientOf({ 'dfs.encrypt.data.transfer': 'true' });
    const heard = overheard();
    expect(await wholeLifeOf('/private', client, LINES)).toBe(LINES.join(''));
    expect(heard()).toContain('/private');
    expect(heard()).not.toContain('a line in clear');
  },
  WITHIN_MS,
);

test(
  'where the cluster demands integrity, each message is signed',
  async () => {
    const { client } = await clientOf({
      'hadoop.rpc.protection': 'integrity',
      'dfs.data.transfer.protection': 'integrity',
    });
    const heard = overheard();
    expect(await wholeLifeOf('/signed', client, LINES)).toBe(LINES.join(''));
    expect(heard()).toContain('qop=auth-int');
    expect(heard()).toContain('a line in clear');
  },
  WITHIN_MS,
);

test(
  'with DataNodes that speak no SASL the client works without it, until its token expires',
  async () => {
    const properties = {
      'ignore.secure.ports.for.testing': 'true',
      'dfs.data.transfer.protection': '',
      'dfs.namenode.delegation.token.renew-interval': '15000',
    };
    const { client, newClient } = await clientOf(properties, { plainDataNodes: true });
    expect(await wholeLifeOf('/plain', client, LINES)).toBe(LINES.join(''));
    const expired = async () => {
      const late = newClient();
      const refusal = await late.status('/').then(
        () => undefined,
        (error) => error,
      );
      late.close();
      return refusal;
    };
    const refusal = await until(expired, { what: 'the token is too old', withinMs: 40_000, everyMs: 500 });
    expect(refusal).toMatchObject({ kind: 'remote', reason: 'InvalidToken' });
    expect(refusal.message).toContain('expired');
  },
  WITHIN_MS,
);
