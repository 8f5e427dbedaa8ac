import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHdfs } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { javaCommand } from '../../../infra/setup/host/java.mjs';
import { writeSite } from '../hdfs/hadoop-site.ts';
import { type Kdc, startKdc } from './kdc.ts';
import { PRINCIPALS, type SecuredHdfs, securedBy } from './secured-hdfs.ts';
import { makeCa } from './throw-away-ca.ts';
import { NAMENODE, TokenTool, ticketOf } from './token-tool.ts';

const TRUST_PASSWORD = 'throw-away';

/**
 * Starts a secured cluster with two NameNodes. The first is active. It puts a ticket into the
 * environment of this process, because the programs that steer the pair need one.
 */
export async function startSecuredPair(folder: string): Promise<SecuredHdfs> {
  const ca = await makeCa(join(folder, 'tls'));
  const kdc = await startKdc(join(folder, 'kdc'), PRINCIPALS);
  try {
    const properties = { ...securedBy(kdc), ...journalSecuredBy(kdc) };
    // The programs that prepare and steer a pair read how to call the journal from this file only.
    await writeSite(join(ca.tls.confFolder, 'hdfs-rbf-site.xml'), properties);
    Object.assign(process.env, ticketOf(kdc));
    const trusting = await trustOf(ca.caFile, join(folder, 'trust.p12'));
    const systemProperties = { ...kdc.systemProperties, ...trusting };
    const rpc = await freePort();
    const options = { folder: join(folder, 'hdfs'), tls: ca.tls, properties, systemProperties };
    const hdfs = await startHdfs({ ...options, nameNodes: 2, ports: { rpc } });
    const url = `hdfs://127.0.0.1:${rpc}`;
    const tool = new TokenTool(join(folder, 'client'), kdc);
    await tool.configure({ ...properties, 'fs.defaultFS': url });
    const stop = async () => {
      await hdfs.stop();
      await kdc.node.stop();
    };
    return { hdfs, caFile: ca.caFile, fetchToken: () => tool.fetch(url), stop };
  } catch (error) {
    await kdc.node.stop();
    throw error;
  }
}

function journalSecuredBy({ keytab, realm }: Kdc): Record<string, string> {
  return {
    'dfs.journalnode.kerberos.principal': `${NAMENODE}@${realm}`,
    'dfs.journalnode.keytab.file': keytab,
    'dfs.journalnode.kerberos.internal.spnego.principal': `HTTP/localhost@${realm}`,
  };
}

/**
 * The system properties by which a JVM trusts the authority. A NameNode fetches edits from the
 * journal over HTTPS.
 */
async function trustOf(caFile: string, store: string): Promise<Record<string, string>> {
  const keytool = javaCommand().replace(/java$/, 'keytool');
  const what = ['-importcert', '-noprompt', '-alias', 'ca', '-file', caFile];
  const where = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', TRUST_PASSWORD];
  await promisify(execFile)(keytool, [...what, ...where]);
  return { 'javax.net.ssl.trustStore': store, 'javax.net.ssl.trustStorePassword': TRUST_PASSWORD };
}
