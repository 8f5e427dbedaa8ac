import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaCommandLine } from '../../../infra/local/process/java.ts';
import { writeSite } from '../hdfs/hadoop-site.ts';
import type { Kdc } from './kdc.ts';

/** The principal of the NameNode, which is also the superuser. */
export const NAMENODE = 'hdfs/localhost';
const RUN_WITHIN_MS = 60_000;

/** The environment by which a Java program gets a ticket of the superuser. */
export function ticketOf({ realm, keytab }: Kdc): Readonly<Record<string, string>> {
  return { KRB5PRINCIPAL: `${NAMENODE}@${realm}`, KRB5KEYTAB: keytab };
}

/**
 * Runs `hadoop dtutil` with a ticket. The tool reads its configuration from the class path only.
 */
export class TokenTool {
  readonly #folder: string;
  readonly #kdc: Kdc;

  constructor(folder: string, kdc: Kdc) {
    this.#folder = folder;
    this.#kdc = kdc;
  }

  async configure(properties: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeSite(join(this.#folder, 'core-site.xml'), properties);
  }

  async fetch(url: string): Promise<string> {
    const file = join(this.#folder, `${crypto.randomUUID()}.token`);
    await this.#run('get', url, '-format', 'java', file);
    const token = (await this.#run('print', file)).trim().split(/\s+/).at(-1);
    if (!token) throw new Error('dtutil printed no token');
    return token;
  }

  async #run(...args: string[]): Promise<string> {
    const { command, args: all } = javaCommandLine({
      product: 'hadoop',
      mainClass: 'org.apache.hadoop.security.token.DtUtilShell',
      heapMb: 128,
      classFolders: [this.#folder],
      systemProperties: this.#kdc.systemProperties,
      args,
    });
    const env = { ...process.env, ...ticketOf(this.#kdc) };
    return (await promisify(execFile)(command, all, { env, timeout: RUN_WITHIN_MS })).stdout;
  }
}
