import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../local/process/root.ts';
import { generatedFiles } from './generated-files.ts';

/** `npm run docs`: writes what is generated in the documents, and names each file that changed. */
for (const { path, content } of generatedFiles(root)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  writeFileSync(file, content);
  process.stdout.write(`${path}: renewed\n`);
}
// The timers that sample the metrics would keep the process alive.
process.exit(0);
