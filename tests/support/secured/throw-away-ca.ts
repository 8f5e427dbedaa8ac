import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HdfsTls } from '../../../infra/local/hdfs/hdfs-options.ts';

/** A certificate authority of one test, and a certificate for 127.0.0.1 that it signed. */
export interface ThrowAwayCa {
  /** The authority's certificate, PEM. */
  readonly caFile: string;
  /** The settings of a cluster that shows the certificate. */
  readonly tls: HdfsTls;
}

const run = promisify(execFile);
const PASSWORD = 'throw-away';

export async function makeCa(folder: string): Promise<ThrowAwayCa> {
  await mkdir(folder, { recursive: true });
  const openssl = (command: string) => run('openssl', command.split(' '), { cwd: folder });
  const key = '-newkey rsa:2048 -nodes -keyout';
  await openssl(`req -x509 ${key} ca-key.pem -out ca.pem -days 2 -subj /CN=throw-away`);
  await openssl(`req ${key} key.pem -out request.pem -subj /CN=localhost`);
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signer = '-CA ca.pem -CAkey ca-key.pem -CAcreateserial';
  await openssl(`x509 -req -in request.pem ${signer} -days 2 -extfile names -out certificate.pem`);
  await openssl(
    `pkcs12 -export -in certificate.pem -inkey key.pem -out keystore.p12 -passout pass:${PASSWORD}`,
  );
  await writeFile(join(folder, 'ssl-server.xml'), sslServer(join(folder, 'keystore.p12')));
  const caFile = join(folder, 'ca.pem');
  return { caFile, tls: { confFolder: folder, ca: await readFile(caFile, 'utf8') } };
}

/** Hadoop reads these settings from a file only. */
function sslServer(keystore: string): string {
  const properties = { location: keystore, type: 'pkcs12', password: PASSWORD, keypassword: PASSWORD };
  const lines = Object.entries(properties).map(
    ([name, value]) => `<property><name>ssl.server.keystore.${name}</name><value>${value}</value></property>`,
  );
  return `<configuration>\n${lines.join('\n')}\n</configuration>\n`;
}
