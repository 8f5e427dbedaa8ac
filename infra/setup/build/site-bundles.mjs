import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { root } from '../host/root.mjs';
import { filesBelow } from './source-files.mjs';

/**
 * Each entry becomes one file of the same name in dist/site: `.ts` a script, `.mts` a module. tsc
 * only checks what the browser runs.
 */
export const ENTRIES = ['page.ts', 'web-events-page.ts', 'web-events.ts', 'web-events.mts'];
/** Browsers that lack ES2022 also lack AbortSignal.timeout, which the tracker needs. */
const TARGET = 'es2022';

/** @param {string} entry */
const outputOf = (entry) => join('dist/site', entry.replace(/ts$/, 'js'));

export const bundlesAreThere = () => ENTRIES.every((entry) => existsSync(join(root, outputOf(entry))));

/** Bundles the page and the tracker into one small file each, and removes older files. */
export async function bundleSite() {
  await Promise.all(ENTRIES.map(bundle));
  const outputs = new Set(ENTRIES.map(outputOf));
  for (const file of filesBelow('dist/site').filter((path) => /\.m?js(\.map)?$/.test(path))) {
    if (!outputs.has(file)) rmSync(join(root, file));
  }
}

/** @param {string} entry */
function bundle(entry) {
  return runCommand({ what: `esbuild ${entry}`, command: process.execPath, args: bundleArgs(entry) });
}

/**
 * The arguments of Node that bundle one entry.
 *
 * @param {string} entry
 */
export function bundleArgs(entry) {
  const format = entry.endsWith('.mts') ? 'esm' : 'iife';
  return [
    join(root, 'node_modules/esbuild/bin/esbuild'),
    join('site', entry),
    `--outfile=${outputOf(entry)}`,
    `--format=${format}`,
    `--target=${TARGET}`,
    '--bundle',
    '--minify',
    '--charset=utf8',
    '--log-level=warning',
    // esbuild must not read the compiler's options: `strict` among them costs bytes.
    '--tsconfig-raw={}',
  ];
}
