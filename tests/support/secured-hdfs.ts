import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../infra/local/free-port.ts';
import { type HdfsCluster, startHdfs } from '../../infra/local/hdfs-cluster.ts';
import { javaCommandLine } from '../../infra/local/java.ts';
import { type Kdc, startKdc } from './kdc.ts';
import { makeCa } from './throw-away-ca.ts';

/** A cluster as it stands in a company: Kerberos, HTTPS and nothing else, DataNodes that speak SASL. */
export interface SecuredHdfs {
  readonly hdfs: HdfsCluster;
  readonly caFile: string;
  /** A delegation token as WebHDFS takes it, fetched as `hadoop dtutil` does for whoever has a ticket. */
  fetchToken(): Promise<string>;
  stop(): Promise<void>;
}

const NAMENODE = 'hdfs/localhost';
const PRINCIPALS = [NAMENODE, 'HTTP/localhost'];
const RUN_WITHIN_MS = 60_000;

/** @param overrides Hadoop properties that are different from those below */
export async function startSecuredHdfs(
  folder: string,
  overrides: Readonly<Record<string, string>> = {},
): Promise<SecuredHdfs> {
  const ca = await makeCa(join(folder, 'tls'));
  const kdc = await startKdc(join(folder, 'kdc'), PRINCIPALS);
  const rpc = await freePort();
  const properties = { ...securedBy(kdc), ...overrides };
  try {
    const { systemProperties } = kdc;
    const options = { folder: join(folder, 'hdfs'), tls: ca.tls, properties, systemProperties };
    const hdfs = await startHdfs({ ...options, ports: { rpc } });
    const client = new TokenTool(join(folder, 'client'), kdc);
    await client.configure({ ...properties, 'fs.defaultFS': `hdfs://127.0.0.1:${rpc}` });
    const stop = async () => {
      await hdfs.stop();
      await kdc.node.stop();
    };
    return { hdfs, caFile: ca.caFile, fetchToken: () => client.fetch(`hdfs://127.0.0.1:${rpc}`), stop };
  } catch (error) {
    await kdc.node.stop();
    throw error;
  }
}

function securedBy({ keytab, realm }: Kdc): Record<string, string> {
  const principal = `${NAMENODE}@${realm}`;
  return {
    'hadoop.security.authentication': 'kerberos',
    'hadoop.security.authorization': 'true',
    'dfs.namenode.kerberos.principal': principal,
    'dfs.namenode.keytab.file': keytab,
    'dfs.datanode.kerberos.principal': principal,
    'dfs.datanode.keytab.file': keytab,
    'dfs.block.access.token.enable': 'true',
    'dfs.data.transfer.protection': 'authentication',
    'dfs.web.authentication.kerberos.principal': `HTTP/localhost@${realm}`,
    'dfs.web.authentication.kerberos.keytab': keytab,
  };
}

/** `hadoop dtutil` of one who has a ticket. It reads its configuration from the class path alone. */
class TokenTool {
  readonly #folder: string;
  readonly #kdc: Kdc;

  constructor(folder: string, kdc: Kdc) {
    this.#folder = folder;
    this.#kdc = kdc;
  }

  async configure(properties: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(properties).map(
      ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
    );
    await mkdir(this.#folder, { recursive: true });
    await writeFile(
      join(this.#folder, 'core-site.xml'),
      `<configuration>\n${lines.join('\n')}\n</configuration>\n`,
    );
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
    const ticket = {
      KRB5PRINCIPAL: `${NAMENODE}@${this.#kdc.realm}`,
      KRB5KEYTAB: this.#kdc.keytab,
    };
    const env = { ...process.env, ...ticket };
    return (await promisify(execFile)(command, all, { env, timeout: RUN_WITHIN_MS })).stdout;
  }
}
