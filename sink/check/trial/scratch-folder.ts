import type { FileSystem } from '../../storage/file-system.ts';
import type { Inspector } from '../inspector/inspector.ts';
import { refusalOf } from './refusal.ts';

export interface ScratchFolder {
  readonly folder: string;
  /** The folders above that did not exist before the trial, outermost first. */
  readonly made: readonly string[];
}

/**
 * Removes the scratch folder, and the folders above that the trial made, as far as they are empty.
 *
 * @throws {FileSystemError} where HDFS does not delete the scratch folder
 */
export async function removeScratch(
  files: FileSystem,
  inspector: Inspector,
  { folder, made }: ScratchFolder,
): Promise<void> {
  await files.delete(folder);
  for (const path of [...made].reverse()) {
    const refusal = await refusalOf(inspector.deleteEmpty(path));
    // Another client has put something there meanwhile.
    if (refusal) return;
  }
}
