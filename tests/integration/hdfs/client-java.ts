import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { HdfsClient } from '../../../sink/hdfs/client.ts';
import { until } from '../../support/until.ts';
import { HadoopShell } from './hadoop-shell.ts';

export interface Stage {
  readonly folder: string;
  readonly hdfs: HdfsCluster;
  readonly client: HdfsClient;
  readonly blockBytes: number;
}

const OURS = '/ours';
const JAVAS = '/javas';
const TRUNCATED_BYTES = 1_000;

/** Compares files of this client with files that Hadoop's client wrote from the same bytes. */
export function judgedByJava(stage: () => Stage): void {
  const written = new Map<string, Buffer>();
  let java: HadoopShell;
  const paths = (folder: string) => [...written.keys()].map((name) => `${folder}/${name}`);

  beforeAll(async () => {
    const { hdfs, client, folder, blockBytes } = stage();
    java = new HadoopShell({
      'fs.defaultFS': hdfs.rpcUrls[0] ?? '',
      'dfs.namenode.http-address': new URL(hdfs.url).host,
      'dfs.blocksize': String(blockBytes),
      'dfs.replication': '3',
      // A checksum of the bytes only, not of their blocks. A block ends early when it loses a
      // DataNode.
      'dfs.checksum.combine.mode': 'COMPOSITE_CRC',
    });
    await client.makeFolder(OURS);
    for (const [name, write] of Object.entries(WRITERS)) {
      written.set(name, await write(`${OURS}/${name}`, stage()));
    }
    const local = join(folder, 'javas');
    await mkdir(local);
    for (const [name, bytes] of written) await writeFile(join(local, name), bytes);
    await java.fs(['-put', local, JAVAS]);
  }, 120_000);

  describe('a file of this client', () => {
    test('has the same content for Java', async () => {
      const read = await java.fs(['-cat', ...paths(OURS)]);
      expectContents(read, written);
    });

    test('has the checksums that Java gives the same bytes', async () => {
      const sums = await checksums(java, [...paths(OURS), ...paths(JAVAS)]);
      expect(sums.size).toBe(2 * written.size);
      for (const name of written.keys()) {
        expect([name, sums.get(`${OURS}/${name}`)]).toEqual([name, sums.get(`${JAVAS}/${name}`)]);
      }
    });

    test('is in good health, in as many blocks as it should be', async () => {
      const report = await java.fsck([OURS, '-files', '-blocks', '-openforwrite']);
      const whole = [...written.values()].reduce(
        (sum, { length }) => sum + Math.ceil(length / stage().blockBytes),
        0,
      );
      // Appended data begin in a new block.
      const blocks = whole + 1;
      expect(report).toMatch(/Status: HEALTHY/);
      expect(report).toMatch(new RegExp(`Total files:\\s+${written.size}\\n`));
      expect(report).toMatch(new RegExp(`Total blocks \\(validated\\):\\s+${blocks} `));
      expect(report).not.toContain('OPENFORWRITE');
    });
  });

  test('a file of either client is cut by Java and appended to by this client', async () => {
    const names = [...written].filter(([, { length }]) => length > TRUNCATED_BYTES).map(([name]) => name);
    const cut = [OURS, JAVAS].flatMap((folder) => names.map((name) => `${folder}/${name}`));
    await java.fs(['-truncate', '-w', String(TRUNCATED_BYTES), ...cut]);
    const expected = new Map<string, Buffer>();
    for (const path of cut) {
      const more = randomBytes(stage().blockBytes);
      const file = await stage().client.append(path);
      await file.write(more.subarray(0, 7));
      await file.write(more.subarray(7));
      await file.close();
      const before = written.get(path.slice(path.lastIndexOf('/') + 1)) ?? Buffer.alloc(0);
      expected.set(path, Buffer.concat([before.subarray(0, TRUNCATED_BYTES), more]));
    }
    expectContents(await java.fs(['-cat', ...cut]), expected);
  });

  // HDFS refuses appends with chunks of another size to any client.
  test('a file that Java wrote with another type of checksum is appended to', async () => {
    const [path, local] = ['/other-checksums', join(stage().folder, 'other-checksums')];
    const [before, after] = [randomBytes(1_700), randomBytes(5_000)];
    await writeFile(local, before);
    await java.fs(['-put', local, path], { 'dfs.checksum.type': 'CRC32' });
    const file = await stage().client.append(path);
    for (let at = 0; at < after.length; at += 333) await file.write(after.subarray(at, at + 333));
    await file.close();
    expectContents(await java.fs(['-cat', path]), new Map([[path, Buffer.concat([before, after])]]));
  });
}

/** @param read the contents of the files, in order */
function expectContents(read: Buffer, files: ReadonlyMap<string, Buffer>): void {
  let at = 0;
  for (const [name, bytes] of files) {
    expect([name, read.subarray(at, at + bytes.length).equals(bytes)]).toEqual([name, true]);
    at += bytes.length;
  }
  expect(read.length).toBe(at);
}

async function checksums(java: HadoopShell, paths: readonly string[]): Promise<Map<string, string>> {
  const printed = String(await java.fs(['-checksum', ...paths])).trim();
  return new Map(
    printed.split('\n').map((line) => {
      const [path = '', ...checksum] = line.split('\t');
      return [path, checksum.join(' ')];
    }),
  );
}

type Write = (path: string, stage: Stage) => Promise<Buffer>;

/** Each writes a file in its own way, closes it, and resolves with its content. */
const WRITERS: Readonly<Record<string, Write>> = {
  empty: async (path, { client }) => {
    await (await client.create(path)).close();
    return Buffer.alloc(0);
  },
  'one-byte': (path, stage) => inPieces(path, stage, [1]),
  'exactly-two-blocks': (path, stage) => inPieces(path, stage, [2 * stage.blockBytes]),
  'many-flushes': (path, stage) =>
    inPieces(
      path,
      stage,
      Array.from({ length: 1_500 }, (_, index) => (index * 7) % 1_300),
    ),
  'many-blocks': (path, stage) =>
    inPieces(path, stage, [3, 509, 512, 513, 100_000, 900_000, 1_200_000, 65_536, 2_000_000, 1]),
  'data-node-killed': async (path, stage) => {
    const victim = stage.hdfs.dataNodes[2];
    const file = await stage.client.create(path);
    const all = randomBytes(2 * stage.blockBytes + 777);
    for (let at = 0; at < all.length; at += 3_333) {
      if (at === 300 * 3_333) await victim?.signal('SIGKILL');
      await file.write(all.subarray(at, at + 3_333));
    }
    await file.close();
    await victim?.exited();
    await victim?.start();
    return all;
  },
  'recovered-cut-appended': async (path, { client, blockBytes }) => {
    const all = randomBytes(blockBytes + 10_000);
    const dead = await client.create(path);
    await dead.write(all.subarray(0, 5_000));
    dead.destroy();
    await client.recoverLease(path);
    await until(() => client.isClosed(path), { what: 'the lease is recovered', withinMs: 30_000 });
    await client.truncate(path, 4_321);
    await until(() => client.isClosed(path), { what: 'the file is cut', withinMs: 30_000 });
    const next = await client.append(path);
    await next.write(all.subarray(4_321, 4_400));
    await next.write(all.subarray(4_400));
    await next.close();
    return all;
  },
};

async function inPieces(path: string, { client }: Stage, pieces: readonly number[]): Promise<Buffer> {
  const all = pieces.map((bytes) => randomBytes(bytes));
  const file = await client.create(path);
  for (const piece of all) await file.write(piece);
  await file.close();
  return Buffer.concat(all);
}
