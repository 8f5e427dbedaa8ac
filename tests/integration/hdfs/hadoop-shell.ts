import { join } from 'node:path';
import { root } from '../../../infra/local/process/root.ts';
import { javaOutput } from '../../support/hdfs/java-output.ts';

type Settings = Readonly<Record<string, string>>;

/** Hadoop's client as a witness: the command line tools in the jars of the cluster. */
export class HadoopShell {
  readonly #settings: Settings;

  /** @param settings Hadoop properties of the cluster, at least `fs.defaultFS` */
  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Runs `hadoop fs <args>`. @throws with its output where it fails */
  fs(args: readonly string[], settings: Settings = {}): Promise<Buffer> {
    return this.#run('org.apache.hadoop.fs.FsShell', args, settings);
  }

  /** Runs `hdfs fsck <args>`. */
  async fsck(args: readonly string[]): Promise<string> {
    return String(await this.#run('org.apache.hadoop.hdfs.tools.DFSck', args));
  }

  /** Runs `hdfs crypto <args>`. */
  async crypto(args: readonly string[]): Promise<string> {
    return String(await this.#run('org.apache.hadoop.hdfs.tools.CryptoAdmin', args));
  }

  /** Runs `hdfs ec <args>`. */
  async erasureCoding(args: readonly string[]): Promise<string> {
    return String(await this.#run('org.apache.hadoop.hdfs.tools.ECAdmin', args));
  }

  #run(mainClass: string, args: readonly string[], settings: Settings = {}): Promise<Buffer> {
    const all = Object.entries({ ...this.#settings, ...settings });
    return javaOutput({
      product: 'hadoop',
      mainClass,
      heapMb: 256,
      classFolders: [join(root, 'infra/local/hdfs')],
      args: [...all.flatMap(([name, value]) => ['-D', `${name}=${value}`]), ...args],
    });
  }
}
