import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { javaCommand } from '../../setup/host/java.mjs';
import { archiveFlags, JVM_FLAGS, jarsIn } from '../../setup/java/class-path.mjs';
import { root } from './root.ts';

export type Product = 'kafka' | 'hadoop' | 'kdc';

export interface JavaProgram {
  readonly product: Product;
  /** The class, or a Java source file that contains it. */
  readonly mainClass: string;
  readonly heapMb: number;
  /** Folders that stand after the jars on the class path. */
  readonly classFolders?: readonly string[];
  readonly systemProperties?: Readonly<Record<string, string>>;
  /** Which of Java's two compilers run. The default is `first`. */
  readonly compilers?: 'first' | 'both';
  readonly args: readonly string[];
}

/** The command line of a product's main class with the jars that setup put into `.cache/jars`. */
export function javaCommandLine(program: JavaProgram): { command: string; args: string[] } {
  const jars = join(root, '.cache/jars', program.product);
  if (!existsSync(jars)) throw new Error(`${jars} does not exist: npm run setup -- --for-tests fetches it`);
  const properties = Object.entries(program.systemProperties ?? {}).map(
    ([name, value]) => `-D${name}=${value}`,
  );
  // With the first compiler alone, three JVMs on a small machine start in half the time.
  // They mostly wait for I/O, so they need no second compiler.
  const machine = [
    `-Xms${Math.min(64, program.heapMb)}m`,
    `-Xmx${program.heapMb}m`,
    '-XX:+UseSerialGC',
    ...JVM_FLAGS,
    ...archiveFlags(jars),
    ...(program.compilers === 'both' ? [] : ['-XX:TieredStopAtLevel=1']),
  ];
  const classPath = [...jarsIn(jars), ...(program.classFolders ?? [])].join(':');
  const args = [...machine, ...properties, '-cp', classPath, program.mainClass, ...program.args];
  return { command: javaCommand(), args };
}

const RUN_WITHIN_MS = 60_000;

/**
 * Runs a short-lived program to its end.
 *
 * @throws with the end of its output where it fails or takes longer than a minute
 */
export function runJava(program: JavaProgram): Promise<void> {
  const { command, args } = javaCommandLine(program);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_096);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new Error(`${program.mainClass} failed (${signal ?? `exit ${code}`}):\n${output.trimEnd()}`));
    });
  });
}
