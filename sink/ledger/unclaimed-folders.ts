import type { FileSystem } from '../storage/file-system.ts';
import { parseNewFolder } from './layout.ts';

/** A first claim renames its folder within seconds, or its request never comes to an end. */
const UNCLAIMED_AFTER_MS = 86_400_000;

/**
 * The paths of folders that a first claim has prepared and never taken. A rename without an answer
 * leaves one behind. Such a folder holds one folder of the same token, which is empty.
 *
 * @throws {FileSystemError}
 */
export async function findUnclaimed(files: FileSystem, writers: string, nowMs: number): Promise<string[]> {
  const unclaimed: string[] = [];
  for (const { name, type, modifiedMs } of (await files.list(writers)) ?? []) {
    const token = parseNewFolder(name);
    if (token === undefined || type !== 'DIRECTORY' || modifiedMs > nowMs - UNCLAIMED_AFTER_MS) continue;
    const path = `${writers}/${name}`;
    const inside = await files.list(path);
    const isOurs = inside?.length === 1 && inside[0]?.name === token;
    const isEmpty = isOurs && (await files.list(`${path}/${token}`))?.length === 0;
    if (isEmpty || inside?.length === 0) unclaimed.push(path);
  }
  return unclaimed;
}
