import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `--version` of a command prints: the command, the package's version, and that of Node. */
export function versionLine(command: string): string {
  const file = packageFile(dirname(fileURLToPath(import.meta.url)));
  const { version } = JSON.parse(readFileSync(file, 'utf8'));
  return `${command} ${version} (Node ${process.versions.node})`;
}

/** The nearest package.json above this file, whether it runs from source or from dist/. */
function packageFile(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return file;
  if (dirname(folder) === folder) throw new Error('no package.json above this file');
  return packageFile(dirname(folder));
}
