import { readFileSync } from 'node:fs';
import type { SinkConfig } from './config.ts';
import type { FileSystem } from './file-system.ts';
import type { HdfsClientOptions } from './hdfs/client.ts';
import { HdfsFileSystem } from './hdfs-file-system.ts';
import { isRpc } from './hdfs-settings.ts';
import type { WebHdfsOptions } from './webhdfs/client.ts';
import { WebHdfsFileSystem } from './webhdfs/file-system.ts';

/** `dfs.namenode.rpc-address`'s own. */
const RPC_PORT = 8020;

/** HDFS in the protocol that `HDFS_URL` names. */
export function hdfsFiles(config: SinkConfig): FileSystem {
  return config.HDFS_URL.some(isRpc)
    ? new HdfsFileSystem(rpcAccess(config))
    : new WebHdfsFileSystem(webHdfsAccess(config));
}

/**
 * How WebHDFS is reached by these settings.
 *
 * @param timeoutMs deadline of each request, where it is another than `HDFS_TIMEOUT_MS`
 */
export function webHdfsAccess(config: SinkConfig, timeoutMs = config.HDFS_TIMEOUT_MS): WebHdfsOptions {
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

/** The same of HDFS's own protocol. */
export function rpcAccess(config: SinkConfig, timeoutMs = config.HDFS_TIMEOUT_MS): HdfsClientOptions {
  return {
    nameNodes: config.HDFS_URL.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || RPC_PORT),
    })),
    user: config.HDFS_USER,
    timeoutMs,
    sync: config.HDFS_SYNC,
    byHostName: config.HDFS_USE_DATANODE_HOSTNAME,
  };
}
