import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../host/root.mjs';
import { FOLDERS, filesBelow } from './source-files.mjs';

const EMITTED = /(?:\.d)?\.([cm]?)[jt]s(?:\.map)?$/;

/**
 * The files that can be the source of an output of the build.
 *
 * @param {string} output its path below dist/
 * @returns {string[]}
 */
export function sourcesOf(output) {
  const [ending, kind] = EMITTED.exec(output) ?? [];
  if (ending === undefined || kind === undefined) return [output];
  const stem = output.slice(0, -ending.length);
  return [`${stem}.${kind}ts`, `${stem}.${kind}js`];
}

/** Removes outputs whose source is gone. tsc leaves them behind, and nothing may run from them. */
export function removeStale() {
  const outputs = FOLDERS.filter((folder) => existsSync(join(root, 'dist', folder))).flatMap((folder) =>
    filesBelow(join('dist', folder)),
  );
  for (const output of outputs) {
    const sources = sourcesOf(output.slice('dist/'.length));
    if (!sources.some((source) => existsSync(join(root, source)))) rmSync(join(root, output));
  }
}

/** Copies the pages and their style sheet. The scripts beside them are bundles. */
export function copyAssets() {
  for (const file of filesBelow('site')) {
    if (!/\.(html|css)$/.test(file)) continue;
    const copy = join(root, 'dist', file);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, file), copy);
  }
}
