import { readFileSync } from 'node:fs';
import { decodeToken, type HdfsClientOptions, type Token } from '../../hdfs/index.ts';
import { TokenFile } from '../token-file.ts';
import type { WebHdfsOptions } from '../webhdfs/client.ts';
import { type HdfsAccess, isRpc } from './hdfs-settings.ts';

/** The default port of `dfs.namenode.rpc-address`. */
const RPC_PORT = 8020;

/** Whether `HDFS_URL` names HDFS's own protocol. Otherwise it names WebHDFS. */
export const speaksRpc = ({ HDFS_URL }: HdfsAccess): boolean => HDFS_URL.some(isRpc);

/** The options of a client for `hdfs://`. */
export function rpcOptions(access: HdfsAccess): HdfsClientOptions {
  return {
    nameNodes: access.HDFS_URL.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || RPC_PORT),
    })),
    user: access.HDFS_USER,
    timeoutMs: access.HDFS_TIMEOUT_MS,
    sync: access.HDFS_SYNC,
    byHostName: access.HDFS_USE_DATANODE_HOSTNAME,
    ...(access.HDFS_TOKEN_FILE !== undefined && { token: tokenIn(access.HDFS_TOKEN_FILE) }),
  };
}

/** The options of a client for WebHDFS. */
export function webHdfsOptions(access: HdfsAccess): WebHdfsOptions {
  const { HDFS_CA_FILE: caFile } = access;
  return {
    nameNodes: access.HDFS_URL,
    user: access.HDFS_USER,
    tokenFile: access.HDFS_TOKEN_FILE,
    headers: access.HDFS_HEADERS,
    ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
    timeoutMs: access.HDFS_TIMEOUT_MS,
    allowPlainRedirect: access.HDFS_ALLOW_PLAIN_REDIRECT,
  };
}

function tokenIn(path: string): () => Promise<Token> {
  const file = new TokenFile(path);
  return async () => decodeToken(await file.read());
}
