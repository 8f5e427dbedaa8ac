import { isScratchFolder } from '../ledger/layout.ts';
import { FileSystemError } from '../storage/errors.ts';
import type { FileSystem } from '../storage/file-system.ts';
import type { Inspector, Quota } from './inspector/inspector.ts';

/** The folders from the root down to the topic's folder. */
export interface FolderInspection {
  /** The folders that do not exist yet, outermost first. */
  readonly missing: readonly string[];
  readonly quotas: readonly Quota[];
  /** The folders whose quotas HDFS did not tell, with the reason. */
  readonly untold: readonly { readonly folder: string; readonly error: FileSystemError }[];
  /** The scratch folders of earlier checks that were cut short. */
  readonly leftovers: readonly string[];
}

/** @throws {FileSystemError} where HDFS does not tell whether a folder exists */
export async function inspectFolder(
  files: FileSystem,
  inspector: Inspector,
  topicFolder: string,
): Promise<FolderInspection> {
  const paths = ancestorsOf(topicFolder);
  const existing = await countExisting(files, paths);
  const quotas: Quota[] = [];
  const untold: { folder: string; error: FileSystemError }[] = [];
  // A quota of any folder above the topic's counts.
  for (const folder of paths.slice(0, existing)) {
    const found = await askQuotas(inspector, folder);
    if (found instanceof FileSystemError) untold.push({ folder, error: found });
    else quotas.push(...found);
  }
  const leftovers = existing === paths.length ? await findLeftovers(files, topicFolder) : [];
  return { missing: paths.slice(existing), quotas, untold, leftovers };
}

/** `/a/b` gives `/`, `/a`, `/a/b`. */
function ancestorsOf(path: string): string[] {
  const names = path.split('/').slice(1);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

async function countExisting(files: FileSystem, paths: readonly string[]): Promise<number> {
  for (const [index, path] of paths.entries()) if (!(await files.status(path))) return index;
  return paths.length;
}

async function askQuotas(inspector: Inspector, folder: string): Promise<readonly Quota[] | FileSystemError> {
  try {
    return await inspector.quotas(folder);
  } catch (error) {
    if (error instanceof FileSystemError) return error;
    throw error;
  }
}

async function findLeftovers(files: FileSystem, folder: string): Promise<string[]> {
  const names = ((await files.list(folder)) ?? []).map(({ name }) => name);
  return names.filter(isScratchFolder).map((name) => `${folder}/${name}`);
}
