import { HdfsClient, type HdfsClientOptions } from '../../../sink/hdfs/client.ts';
import { decodeToken } from '../../../sink/hdfs/sasl/token.ts';
import { until } from '../until.ts';

/** A client of the native protocol with a token. @param token returns the current token */
export function tokenClient(
  rpcUrls: readonly string[],
  token: () => string,
  options: Partial<HdfsClientOptions> = {},
): HdfsClient {
  const nameNodes = rpcUrls.map((url) => {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port) };
  });
  const current = async () => decodeToken(token());
  return new HdfsClient({
    nameNodes,
    user: 'nobody',
    token: current,
    timeoutMs: 20_000,
    sync: false,
    ...options,
  });
}

/**
 * Does with a file all that sinks do, up to the recovery by another sink. Resolves with its
 * content.
 */
export async function wholeLifeOf(
  path: string,
  client: HdfsClient,
  lines: readonly string[],
): Promise<string> {
  const [first = '', ...others] = lines;
  const file = await client.create(path);
  for (const line of lines) await file.write(Buffer.from(line));
  const all = lines.join('');
  const read = String(await client.read({ path, at: 0, bytes: all.length }));
  if (read !== all) throw new Error(`${path} has other lines while it is open`);
  if ((await client.readableBytes(path)) !== all.length) throw new Error(`${path} is of another length`);
  file.destroy();
  await client.recoverLease(path);
  await until(() => client.isClosed(path), { what: `the lease of ${path} is recovered` });
  if (!(await client.truncate(path, first.length))) {
    await until(() => client.isClosed(path), { what: `${path} is cut` });
  }
  const next = await client.append(path);
  await next.write(Buffer.from(others.join('')));
  await next.close();
  return String(await client.read({ path, at: 0, bytes: all.length }));
}
