import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WebServer } from '../process/jmx.ts';
import type { ClusterNode } from '../process/node-process.ts';
import { type HadoopDaemon, hadoopProcess, runHadoop } from './hdfs-daemon.ts';
import { nameNodeAnswers } from './hdfs-probe.ts';

/** What all daemons of a cluster have in common. */
export type DaemonContext = Pick<
  HadoopDaemon,
  'settings' | 'logFolder' | 'classFolders' | 'systemProperties'
> & {
  /** Holds the data of all nodes, each in a folder of its name. */
  readonly folder: string;
};

const PROGRAM = 'server.namenode.NameNode';

export function nameNodeProcess(context: DaemonContext, name: string, server: WebServer): ClusterNode {
  return hadoopProcess({
    ...context,
    program: PROGRAM,
    name,
    folder: join(context.folder, name),
    ready: () => nameNodeAnswers(server),
  });
}

/**
 * Formats a NameNode that has no folder yet, in `<name>.new`, and renames that folder. An
 * interrupted format thus leaves no folder of the final name behind.
 */
export async function formatWhenNew(
  context: DaemonContext,
  name: string,
  args: readonly string[],
): Promise<void> {
  const folder = join(context.folder, name);
  if (existsSync(folder)) return;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await runHadoop({ ...context, program: PROGRAM, folder: unfinished, args });
  renameSync(unfinished, folder);
}
