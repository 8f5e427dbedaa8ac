import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type JavaProgram, javaCommandLine, runJava } from '../process/java.ts';
import { NodeProcess } from '../process/node-process.ts';
import { root } from '../process/root.ts';

/** Hadoop properties by name. */
export type Settings = Readonly<Record<string, string>>;

/** A daemon of HDFS, or a program that formats or administers one. */
export interface HadoopProgram {
  /** The main class below `org.apache.hadoop.hdfs`. */
  readonly program: string;
  /** Holds its data. */
  readonly folder: string;
  readonly settings: Settings;
  readonly args?: readonly string[];
  /** Folders on the class path besides the shipped configuration. */
  readonly classFolders: readonly string[];
  readonly systemProperties?: Settings | undefined;
}

export interface HadoopDaemon extends HadoopProgram {
  readonly name: string;
  readonly logFolder: string;
  readonly ready: () => Promise<boolean>;
}

/**
 * The DataNodes of a pair start with the first NameNode. They have to wait until both NameNodes
 * have been formatted, one after the other.
 */
const READY_WITHIN_MS = 180_000;

export function hadoopProcess(daemon: HadoopDaemon): NodeProcess {
  const { name, logFolder, ready } = daemon;
  return new NodeProcess({
    name,
    ...javaCommandLine(javaProgram(daemon)),
    logFile: join(logFolder, `${name}.log`),
    ready,
    readyWithinMs: READY_WITHIN_MS,
  });
}

/** Runs a program to its end. @throws with the end of its output where it fails */
export function runHadoop(program: HadoopProgram): Promise<void> {
  return runJava(javaProgram(program));
}

/**
 * Hadoop's programs take `-D name=value` before their arguments. It wins over the shipped files.
 */
function javaProgram({ program, folder, settings, args = [], ...rest }: HadoopProgram): JavaProgram {
  const all = Object.entries({ ...settings, 'hadoop.tmp.dir': folder });
  return {
    product: 'hadoop',
    mainClass: `org.apache.hadoop.hdfs.${program}`,
    heapMb: 384,
    classFolders: [join(root, 'infra/local/hdfs'), ...rest.classFolders],
    ...(rest.systemProperties === undefined ? {} : { systemProperties: rest.systemProperties }),
    args: [...all.flatMap(([name, value]) => ['-D', `${name}=${value}`]), ...args],
  };
}

/** A daemon does not start without its pages on the class path. Maven Central's jars have none. */
export function makeWebFolders(folder: string): void {
  for (const daemon of ['hdfs', 'datanode', 'journal']) {
    mkdirSync(join(folder, 'webapps', daemon), { recursive: true });
  }
}
