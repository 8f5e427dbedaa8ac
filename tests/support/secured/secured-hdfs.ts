import { join } from 'node:path';
import { type HdfsCluster, startHdfs } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { type Kdc, startKdc } from './kdc.ts';
import { makeCa } from './throw-away-ca.ts';
import { NAMENODE, TokenTool } from './token-tool.ts';

/** A cluster as companies run it: with Kerberos, HTTPS only, and DataNodes that speak SASL. */
export interface SecuredHdfs {
  readonly hdfs: HdfsCluster;
  readonly caFile: string;
  /** Fetches a delegation token by `hadoop dtutil`, in the form that WebHDFS takes. */
  fetchToken(): Promise<string>;
  stop(): Promise<void>;
}

export const PRINCIPALS = [NAMENODE, 'HTTP/localhost'];

/** @param overrides Hadoop properties that replace those of `securedBy` */
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

/** The Hadoop properties of a secured cluster. */
export function securedBy({ keytab, realm }: Kdc): Record<string, string> {
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
