import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { root } from './root.ts';

export type Product = 'kafka' | 'hadoop' | 'kdc';

export interface JavaProgram {
  readonly product: Product;
  /** Or a source file that has it. */
  readonly mainClass: string;
  readonly heapMb: number;
  /** Folders that come before the jars on the class path. */
  readonly classFolders?: readonly string[];
  readonly systemProperties?: Readonly<Record<string, string>>;
  /** The first of Java's compilers alone, where it is left out. */
  readonly compilers?: 'first' | 'both';
  readonly args: readonly string[];
}

/** The command line of a product's main class, on the jars that setup put into `.cache/jars`. */
export function javaCommandLine(program: JavaProgram): { command: string; args: string[] } {
  const jars = join(root, '.cache/jars', program.product);
  if (!existsSync(jars)) throw new Error(`${jars} is not there: npm run setup -- --for-tests fetches it`);
  const properties = Object.entries(program.systemProperties ?? {}).map(
    ([name, value]) => `-D${name}=${value}`,
  );
  // The first compiler alone: three JVMs on a small machine are up in half the time, and what they do is waiting for I/O.
  const machine = [
    `-Xms${Math.min(64, program.heapMb)}m`,
    `-Xmx${program.heapMb}m`,
    '-XX:+UseSerialGC',
    // Their classes are what setup fetched, by its checksums: to verify them again is a sixth of each start.
    '-XX:+UnlockDiagnosticVMOptions',
    '-XX:-BytecodeVerificationRemote',
    ...(program.compilers === 'both' ? [] : ['-XX:TieredStopAtLevel=1']),
  ];
  const classPath = [...(program.classFolders ?? []), `${jars}/*`].join(':');
  const args = [...machine, ...properties, '-cp', classPath, program.mainClass, ...program.args];
  return { command: javaCommand(), args };
}

/** The `java` to run: JAVA_HOME's where that is set, else the one on the PATH. */
export function javaCommand(env: Environment = process.env): string {
  return env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin/java') : 'java';
}

const RUN_WITHIN_MS = 60_000;

/** Runs a short-lived program to its end. @throws with the end of its output where it fails or takes a minute */
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
