import { readFileSync } from 'node:fs';
import type { SinkConfig } from './config.ts';
import type { WebHdfsOptions } from './webhdfs/client.ts';

/**
 * How HDFS is reached by these settings.
 *
 * @param timeoutMs deadline of each request, where it is another than `HDFS_TIMEOUT_MS`
 */
export function hdfsAccess(config: SinkConfig, timeoutMs = config.HDFS_TIMEOUT_MS): WebHdfsOptions {
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
