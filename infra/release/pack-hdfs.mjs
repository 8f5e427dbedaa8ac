import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../setup/host/command.mjs';
import { root } from '../setup/host/root.mjs';

/**
 * `npm run pack:hdfs [folder]`: packs the HDFS client as an npm package of its own. The tarball
 * `web-events-hdfs-client-<version>.tgz` comes into `dist/release`, or into the given folder.
 *
 * The package has the version, the licence and the engines of the repository. It depends on the
 * packages that its code imports, in the repository's ranges.
 */
const SOURCE = join(root, 'sink/hdfs');
const COMPILED = join(root, 'dist/sink/hdfs');
const STAGE = join(root, 'dist/release/hdfs');
const SHIPPED = /(?:\.js|\.d\.ts)$/;
const IMPORT = /\bfrom '([^'.][^']*)'/g;

const target = process.argv[2] ?? join(root, 'dist/release');
rmSync(STAGE, { recursive: true, force: true });
const dependencies = stageCode();
for (const file of ['README.md', 'LICENSE']) stageFile(file);
writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(packageJson(dependencies), null, 2)}\n`);
mkdirSync(target, { recursive: true });
await runCommand({
  what: 'npm pack',
  command: 'npm',
  args: ['pack', STAGE, '--pack-destination', target, '--ignore-scripts'],
});

/**
 * Copies the compiled code without its source maps.
 *
 * @returns {Set<string>} the packages that the code imports
 */
function stageCode() {
  const packages = new Set();
  const files = readdirSync(COMPILED, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => SHIPPED.test(name))) {
    const code = readFileSync(join(COMPILED, file), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    for (const [, name = ''] of code.matchAll(IMPORT)) {
      if (!name.startsWith('node:')) packages.add(packageOf(name));
    }
    mkdirSync(dirname(join(STAGE, file)), { recursive: true });
    writeFileSync(join(STAGE, file), code);
  }
  if (packages.size === 0) throw new Error(`${COMPILED} has no code: run npm run build`);
  return packages;
}

/**
 * The package of an imported module: `@scope/name/module` is of `@scope/name`.
 *
 * @param {string} name
 */
function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} file of the library, or else of the repository */
function stageFile(file) {
  const own = readdirSync(SOURCE).includes(file);
  copyFileSync(join(own ? SOURCE : root, file), join(STAGE, file));
}

/** @param {Set<string>} packages */
function packageJson(packages) {
  const repository = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { version, license, engines } = repository;
  const ranges = [...packages].sort().map((name) => {
    const range = repository.dependencies[name];
    if (range === undefined) throw new Error(`package.json has no dependency ${name}`);
    return [name, range];
  });
  const own = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));
  return { ...own, version, license, engines, dependencies: Object.fromEntries(ranges) };
}
