import { isScratchFolder } from '../ledger/layout.ts';
import { FileSystemError } from '../storage/errors.ts';
import type { FileSystem } from '../storage/file-system.ts';
import type { Inspector, QuotaLook } from './inspector/inspector.ts';

/** The folders from the root down to the topic's. */
export interface FolderLook {
  /** Not there yet, outermost first. */
  readonly missing: readonly string[];
  readonly quotas: readonly QuotaLook[];
  /** Folders whose quotas were not told, with the reason. */
  readonly untold: readonly { readonly folder: string; readonly error: FileSystemError }[];
  /** Folders of earlier checks that were cut short. */
  readonly leftovers: readonly string[];
}

/** @throws {FileSystemError} where a folder cannot be looked at */
export async function lookAtFolder(
  files: FileSystem,
  inspector: Inspector,
  topicFolder: string,
): Promise<FolderLook> {
  const paths = ancestors(topicFolder);
  const existing = await countExisting(files, paths);
  const quotas: QuotaLook[] = [];
  const untold: { folder: string; error: FileSystemError }[] = [];
  for (const folder of paths.slice(0, existing)) {
    const found = await lookAtQuotas(inspector, folder);
    if (found instanceof FileSystemError) untold.push({ folder, error: found });
    else quotas.push(...found);
  }
  const leftovers = existing === paths.length ? await findLeftovers(files, topicFolder) : [];
  return { missing: paths.slice(existing), quotas, untold, leftovers };
}

/** `/a/b` gives `/`, `/a`, `/a/b`. */
function ancestors(path: string): string[] {
  const names = path.split('/').slice(1);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

async function countExisting(files: FileSystem, paths: readonly string[]): Promise<number> {
  for (const [index, path] of paths.entries()) if (!(await files.status(path))) return index;
  return paths.length;
}

/** A quota on any folder above counts. The root's limit of names is the largest number, which stands for none. */
async function lookAtQuotas(
  inspector: Inspector,
  folder: string,
): Promise<readonly QuotaLook[] | FileSystemError> {
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
