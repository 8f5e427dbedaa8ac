import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../infra/local/process/root.ts';

const NAME = 'web-events-hdfs-client';
const WITHIN_MS = 60_000;

const run = (command: string, args: readonly string[], cwd: string) =>
  promisify(execFile)(command, args, { cwd, timeout: WITHIN_MS, killSignal: 'SIGKILL' });

/**
 * The HDFS client as another project has it: packed as at a release, and installed from the tarball
 * into an empty folder. The packages it depends on come from this repository's `node_modules`.
 */
export class InstalledClient {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder does not exist yet */
  static async install(folder: string): Promise<InstalledClient> {
    const tarballs = join(folder, 'tarballs');
    await mkdir(tarballs, { recursive: true });
    await run(process.execPath, ['infra/release/pack-hdfs.mjs', tarballs], root);
    const [client = ''] = await readdir(tarballs);
    const project = {
      private: true,
      type: 'module',
      dependencies: { [NAME]: `file:${join(tarballs, client)}` },
      overrides: await packedDependencies(tarballs),
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(project));
    const cache = ['--cache', join(folder, 'cache')];
    await run('npm', ['install', '--offline', '--ignore-scripts', ...cache], folder);
    return new InstalledClient(folder);
  }

  async packageJson(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(this.#folder, 'node_modules', NAME, 'package.json'), 'utf8'));
  }

  /** The JavaScript of the README that came with the package. */
  async example(): Promise<string> {
    const readme = await readFile(join(this.#folder, 'node_modules', NAME, 'README.md'), 'utf8');
    const [, code] = /^```js\n(.*?)^```$/ms.exec(readme) ?? [];
    if (code === undefined) throw new Error('the README of the package has no example');
    return code;
  }

  /** What a module of the project prints. */
  async run(code: string): Promise<string> {
    const file = join(this.#folder, 'example.js');
    await writeFile(file, code);
    return (await run(process.execPath, [file], this.#folder)).stdout;
  }

  /** @throws with the compiler's complaints */
  async checkTypes(code: string): Promise<void> {
    await writeFile(join(this.#folder, 'checked.js'), code);
    const options = {
      checkJs: true,
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      typeRoots: [join(root, 'node_modules/@types')],
      types: ['node'],
    };
    const project = { compilerOptions: options, files: ['checked.js'] };
    await writeFile(join(this.#folder, 'tsconfig.json'), JSON.stringify(project));
    try {
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], this.#folder);
    } catch (error) {
      throw new Error((error as { readonly stdout: string }).stdout);
    }
  }
}

/** Tarballs of the installed packages that the client needs, by name. The second is native. */
async function packedDependencies(folder: string): Promise<Record<string, string>> {
  const native = (await readdir(join(root, 'node_modules/@node-rs'))).map((name) => `@node-rs/${name}`);
  const names = ['@bufbuild/protobuf', ...native];
  const from = names.map((name) => `./node_modules/${name}`);
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...options, ...from], root);
  const packed: readonly { readonly name: string; readonly filename: string }[] = JSON.parse(stdout);
  return Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${join(folder, filename)}`]));
}
