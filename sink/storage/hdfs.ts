import { readFileSync } from 'node:fs';
import { HdfsInspector } from '../check/inspector/hdfs-inspector.ts';
import type { Inspector } from '../check/inspector/inspector.ts';
import { WebHdfsInspector } from '../check/inspector/webhdfs-inspector.ts';
import type { SinkConfig } from '../config.ts';
import { decodeToken, type HdfsClientOptions, type Token } from '../hdfs/index.ts';
import type { FileSystem } from './file-system.ts';
import { HdfsFileSystem } from './hdfs-file-system.ts';
import { isRpc } from './hdfs-settings.ts';
import { TokenFile } from './token-file.ts';
import type { WebHdfsOptions } from './webhdfs/client.ts';
import { WebHdfsFileSystem } from './webhdfs/file-system.ts';

/** `dfs.namenode.rpc-address`'s own. */
const RPC_PORT = 8020;

/**
 * HDFS in the protocol that `HDFS_URL` names.
 *
 * @param timeoutMs deadline of each request, where it is another than `HDFS_TIMEOUT_MS`
 */
export function hdfsFiles(config: SinkConfig, timeoutMs = config.HDFS_TIMEOUT_MS): FileSystem {
  return config.HDFS_URL.some(isRpc)
    ? new HdfsFileSystem(rpcAccess(config, timeoutMs))
    : new WebHdfsFileSystem(webHdfsAccess(config, timeoutMs));
}

/** The same for what `--check` asks besides. */
export function hdfsInspector(config: SinkConfig, timeoutMs: number): Inspector {
  return config.HDFS_URL.some(isRpc)
    ? new HdfsInspector(rpcAccess(config, timeoutMs))
    : new WebHdfsInspector(webHdfsAccess(config, timeoutMs));
}

function webHdfsAccess(config: SinkConfig, timeoutMs: number): WebHdfsOptions {
  const { HDFS_CA_FILE: caFile } = config;
  return {
    nameNodes: config.HDFS_URL,
    user: config.HDFS_USER,
    tokenFile: config.HDFS_TOKEN_FILE,
    headers: config.HDFS_HEADERS,
    ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
    timeoutMs,
  };
}

function rpcAccess(config: SinkConfig, timeoutMs: number): HdfsClientOptions {
  return {
    nameNodes: config.HDFS_URL.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || RPC_PORT),
    })),
    user: config.HDFS_USER,
    timeoutMs,
    sync: config.HDFS_SYNC,
    byHostName: config.HDFS_USE_DATANODE_HOSTNAME,
    ...(config.HDFS_TOKEN_FILE !== undefined && { token: tokenIn(config.HDFS_TOKEN_FILE) }),
  };
}

function tokenIn(path: string): () => Promise<Token> {
  const file = new TokenFile(path);
  return async () => decodeToken(await file.read());
}
