import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { root } from '../../../infra/local/process/root.ts';
import { InstalledClient } from './installed-client.ts';

export interface Stage {
  readonly folder: string;
  readonly hdfs: HdfsCluster;
}

/** The tarball of a release is installed by another project, and used as its README says. */
export function usedAsPackage(stage: () => Stage): void {
  let installed: InstalledClient;
  beforeAll(async () => {
    installed = await InstalledClient.install(join(stage().folder, 'consumer'));
  }, 120_000);

  test('the example of its README prints what the README says', async () => {
    const { port } = new URL(stage().hdfs.rpcUrls[0] ?? '');
    const example = await installed.example();
    const expected = [...example.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text);
    expect(expected.length).toBeGreaterThan(2);
    const printed = await installed.run(example.replace('port: 8020', `port: ${port}`));
    expect(printed.trimEnd().split('\n')).toEqual(expected);
  });

  test('its types hold in a strict project', async () => {
    await installed.checkTypes(await installed.example());
    await expect(installed.checkTypes("import { Client } from 'web-events-hdfs-client';")).rejects.toThrow(
      'TS2305',
    );
  });

  test('it has the version of the repository, and depends on what it imports', async () => {
    const repository = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const { version, license, engines, dependencies } = repository;
    expect(await installed.packageJson()).toMatchObject({ version, license, engines });
    expect((await installed.packageJson())['dependencies']).toEqual({
      '@bufbuild/protobuf': dependencies['@bufbuild/protobuf'],
      '@node-rs/crc32': dependencies['@node-rs/crc32'],
    });
  });

  test('nothing but its entry can be imported', async () => {
    const inner = "import 'web-events-hdfs-client/rpc/client.js'";
    await expect(installed.run(inner)).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
}
