import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../setup/host/root.mjs';

/**
 * `npm run build:lambda [folder]` puts everything that the function needs into one folder, by
 * default `dist/lambda`. The handler and its imports become one file. The Kafka client is native,
 * so it stays a package beside that file.
 */
const CLIENT = '@confluentinc/kafka-javascript';
/** The packages that the client loads while it runs. Its other dependencies only install it. */
const PACKAGES = [CLIENT, 'bindings', 'file-uri-to-path'];
/** The client's compiled files lie here among 300 MB of sources, objects and archives. */
const COMPILED = join('node_modules', CLIENT, 'build');

const folder = process.argv[2] ?? join(root, 'dist/lambda');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundle();
for (const name of PACKAGES) copyPackage(name);
copyCompiled();

async function bundle() {
  await build({
    entryPoints: [join(root, 'producer/functions/lambda.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: [CLIENT],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}

/** @param {string} name */
function copyPackage(name) {
  const from = join(root, 'node_modules', name);
  const needed = new Set([
    'package.json',
    'lib',
    ...readdirSync(from).filter((file) => /^[\w-]+\.js$|^LICENSE/i.test(file)),
  ]);
  for (const file of needed) {
    if (existsSync(join(from, file)))
      cpSync(join(from, file), join(folder, 'node_modules', name, file), { recursive: true });
  }
}

function copyCompiled() {
  for (const [below, wanted] of /** @type {const} */ ([
    ['Release', /\.node$/],
    ['deps', /\.so\.\d+$/],
  ])) {
    const from = join(root, COMPILED, below);
    // A client that was not compiled on this machine contains its libraries.
    const files = existsSync(from) ? readdirSync(from).filter((file) => wanted.test(basename(file))) : [];
    for (const file of files) cpSync(join(from, file), join(folder, COMPILED, below, file));
  }
}
