import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/host/root.mjs';
import { sectionOf } from './changelog.mjs';

/** `node infra/release/notes.mjs v0.1.0`: prints what CHANGELOG.md says about that version. */
const tag = process.argv[2] ?? '';
try {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but package.json has ${version}`);
  console.log(sectionOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
