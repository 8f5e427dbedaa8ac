import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { sourceFiles } from '../setup/build/source-files.mjs';
import { root } from '../setup/host/root.mjs';
import { findingsIn, hasProse } from './prose/findings.mjs';

/**
 * `npm run check:prose [-- <file or folder>...]`: holds comments and Markdown to the rules of
 * CONTRIBUTING.md, prints each finding as `file:line: reason`, and exits 1 where there is one.
 */
const wanted = process.argv.slice(2).map((path) => relative(root, resolve(path)));

/** @param {string} path */
const isWanted = (path) =>
  wanted.length === 0 || wanted.some((one) => one === '' || path === one || path.startsWith(`${one}/`));

/** Every file that git does not ignore. Without git: the sources, and the files at the root. */
function listFiles() {
  try {
    const args = ['ls-files', '-co', '--exclude-standard'];
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio }).split('\n');
  } catch {
    return [...readdirSync(root), ...sourceFiles().map(({ path }) => path)];
  }
}

const files = [...new Set(listFiles())]
  .filter((path) => hasProse(path) && isWanted(path) && existsSync(join(root, path)))
  .sort();
let count = 0;
for (const file of files) {
  for (const { line, reason } of findingsIn(file, readFileSync(join(root, file), 'utf8'))) {
    console.log(`${file}:${line}: ${reason}`);
    count += 1;
  }
}
console.log(count === 0 ? `${files.length} files: no findings` : `${count} findings`);
if (count > 0) process.exitCode = 1;
