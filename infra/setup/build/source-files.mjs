import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../host/root.mjs';

/** Folders that the build writes itself. */
const GENERATED = ['sink/hdfs/generated'];

export const FOLDERS = ['producer', 'sink', 'site', 'infra', 'tests'];

/**
 * Everything that a build reads: the five folders, and the files beside them.
 *
 * @returns {{ path: string, bytes: number, changedMs: number }[]} paths from the root, sorted
 */
export function sourceFiles() {
  const beside = readdirSync(root).filter((name) => /\.(json|ts)$/.test(name));
  const below = FOLDERS.flatMap((folder) => filesBelow(folder)).filter(
    (path) => !GENERATED.some((folder) => path.startsWith(`${folder}/`)),
  );
  return [...beside, ...below].sort().map((path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    return { path, bytes: size, changedMs: mtimeMs };
  });
}

/**
 * @param {string} folder from the root
 * @returns {string[]}
 */
export function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
