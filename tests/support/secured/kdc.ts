import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { javaCommandLine } from '../../../infra/local/process/java.ts';
import { type ClusterNode, NodeProcess } from '../../../infra/local/process/node-process.ts';

/** A real Kerberos server, with a keytab of all its principals. */
export interface Kdc {
  readonly node: ClusterNode;
  readonly keytab: string;
  readonly realm: string;
  /** The system properties by which a JVM finds the server. */
  readonly systemProperties: Readonly<Record<string, string>>;
}

/** Starts Hadoop's MiniKdc on 127.0.0.1. @param principals without their realm */
export async function startKdc(folder: string, principals: readonly string[]): Promise<Kdc> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const properties = join(folder, 'kdc.properties');
  await writeFile(properties, `kdc.port=${port}\ntransport=TCP\n`);
  const keytab = join(folder, 'keytab');
  const node = new NodeProcess({
    name: 'kdc',
    ...javaCommandLine({
      product: 'kdc',
      mainClass: 'org.apache.hadoop.minikdc.MiniKdc',
      heapMb: 64,
      args: [folder, properties, keytab, ...principals],
    }),
    logFile: join(folder, 'kdc.log'),
    ready: () => accepts(port),
  });
  await node.start();
  const systemProperties = { 'java.security.krb5.conf': join(folder, 'krb5.conf') };
  return { node, keytab, realm: 'EXAMPLE.COM', systemProperties };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}
