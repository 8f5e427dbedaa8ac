import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type HdfsCluster, prepareHdfs, started } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { HdfsOptions } from '../../../infra/local/hdfs/hdfs-options.ts';

/**
 * Prepares an HDFS of a test's own without formatting it: a copy of a NameNode that is formatted
 * already saves a JVM's start. Only a NameNode without another one can begin so, because the
 * journal of a pair is formatted along with it.
 */
export async function prepareOwnHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  if (options.nameNodes !== 2) {
    await cp(inject('formattedNameNode'), join(options.folder, 'namenode'), { recursive: true });
  }
  return prepareHdfs(options);
}

/** Prepares such an HDFS and starts it. Resolves when HDFS takes writes. */
export async function startOwnHdfs(options: HdfsOptions): Promise<HdfsCluster> {
  return started(await prepareOwnHdfs(options));
}
