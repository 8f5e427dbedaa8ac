import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type JavaProgram, javaCommandLine, runJava } from '../process/java.ts';
import { NodeProcess } from '../process/node-process.ts';
import { root } from '../process/root.ts';

/** Hadoop properties by name. */
export type Settings = Readonly<Record<string, string>>;

/** One of HDFS's daemons, or a program that prepares or steers one. */
export interface HadoopProgram {
  /** Below `org.apache.hadoop.hdfs`. */
  readonly program: string;
  /** Its data. */
  readonly folder: string;
  readonly settings: Settings;
  readonly args?: readonly string[];
  /** Beside the shipped configuration on the class path. */
  readonly classFolders: readonly string[];
  readonly systemProperties?: Settings | undefined;
}

export interface HadoopDaemon extends HadoopProgram {
  readonly name: string;
  readonly logFolder: string;
  readonly ready: () => Promise<boolean>;
}

/** A DataNode of a pair is started with the first NameNode, and has to wait until both have been formatted one after the other. */
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

/** @throws with the end of its output where it fails */
export function runHadoop(program: HadoopProgram): Promise<void> {
  return runJava(javaProgram(program));
}

/** Hadoop's programs take `-D name=value` before their own arguments; what is given so wins over the shipped files. */
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

/** The daemons look for their pages on the class path and do not start without; Maven Central's jars have none. */
export function makeWebFolders(folder: string): void {
  for (const daemon of ['hdfs', 'datanode', 'journal']) {
    mkdirSync(join(folder, 'webapps', daemon), { recursive: true });
  }
}
