import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../infra/local/process/root.ts';
import { sourceFiles } from '../../../infra/setup/build/source-files.mjs';

/** Every file of code in the five folders, by its path from the root, without generated files. */
export const codeFiles: readonly string[] = sourceFiles()
  .map(({ path }) => path)
  .filter((path) => path.includes('/') && /\.m?[jt]s$/.test(path));

/** The files of code without the tests. */
export const productFiles: readonly string[] = codeFiles.filter((path) => !path.startsWith('tests/'));

/** Every document in Markdown, by its path from the root. */
export const documents: readonly string[] = [
  ...readdirSync(root),
  ...sourceFiles().map(({ path }) => path),
].filter((path) => path.endsWith('.md'));

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
