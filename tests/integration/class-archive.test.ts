import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { javaCommandLine } from '../../infra/local/process/java.ts';

/** Each prints a version or two and ends. */
const PROGRAMS = [
  { product: 'hadoop', mainClass: 'org.apache.hadoop.util.VersionInfo', args: [], said: 'Hadoop' },
  {
    product: 'kafka',
    mainClass: 'kafka.tools.StorageTool',
    args: ['version-mapping'],
    said: 'metadata.version',
  },
] as const;

/** With this flag a JVM that cannot use its archive ends at once. */
const ARCHIVE_OR_NOTHING = '-Xshare:on';

test.each(PROGRAMS)(
  'a JVM on the jars of $product starts from the class archive',
  async ({ said, ...program }) => {
    const folder = await mkdtemp(join(tmpdir(), 'class-folder-'));
    try {
      const { command, args } = javaCommandLine({ ...program, heapMb: 64, classFolders: [folder] });
      expect(args).toContainEqual(expect.stringMatching(/^-XX:SharedArchiveFile=/));
      const { stdout } = await promisify(execFile)(command, [ARCHIVE_OR_NOTHING, ...args]);
      expect(stdout).toContain(said);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
