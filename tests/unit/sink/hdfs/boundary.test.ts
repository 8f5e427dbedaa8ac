import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../../infra/local/process/root.ts';

const LIBRARY = 'sink/hdfs';
const ENTRY = 'sink/hdfs/index.ts';

/**
 * All files of a folder with the modules they import. Modules of the repository are paths from its
 * root.
 */
function importsBelow(folder: string): { readonly file: string; readonly imports: string[] }[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const file = join(folder, name);
      const code = readFileSync(join(root, file), 'utf8');
      const modules = [...code.matchAll(/\bfrom '([^']+)'/g)].map(([, module = '']) => module);
      const imports = modules.map((module) =>
        module.startsWith('.') ? relative(root, join(root, dirname(file), module)) : module,
      );
      return { file, imports };
    });
}

const isOfLibrary = (path: string) => path.startsWith(`${LIBRARY}/`);

test('the library imports nothing of the repository outside its folder', () => {
  const files = importsBelow(LIBRARY);
  expect(files.length).toBeGreaterThan(30);
  const foreign = files.flatMap(({ file, imports }) =>
    imports
      .filter((module) => /^(sink|producer|infra|site|tests)\//.test(module) && !isOfLibrary(module))
      .map((module) => `${file} imports ${module}`),
  );
  expect(foreign).toEqual([]);
});

test('the sink and the producer import only the entry of the library', () => {
  const users = ['sink', 'producer', 'infra'].flatMap(importsBelow).filter(({ file }) => !isOfLibrary(file));
  const inner = users.flatMap(({ file, imports }) =>
    imports
      .filter((module) => isOfLibrary(module) && module !== ENTRY)
      .map((module) => `${file} imports ${module}`),
  );
  expect(inner).toEqual([]);
});
