import { userInfo } from 'node:os';
import type { Environment } from '../process/environment.ts';

/** Where `npm run hdfs` reads, and as which user. */
export interface HdfsReaderConfig {
  /** The WebHDFS addresses of the NameNodes. */
  readonly urls: readonly string[];
  readonly user: string;
  /** The folder that is read where the command line names none. */
  readonly folder: string;
}

export function readHdfsReaderConfig(env: Environment = process.env): HdfsReaderConfig {
  const port = env['HDFS_HTTP_PORT'] || '9870';
  const urls = (env['HDFS_URL'] || 'hdfs://127.0.0.1').split(',');
  return {
    urls: urls.map((url) => webHdfsUrl(url.trim(), port)),
    user: env['HDFS_USER'] || userInfo().username,
    folder: env['HDFS_DIR'] || '/data',
  };
}

/** A NameNode that is named by `hdfs://<host>` answers WebHDFS on the same host, at `port`. */
function webHdfsUrl(url: string, port: string): string {
  const rpc = /^hdfs:\/\/(\[[^\]]*\]|[^:/]*)/.exec(url);
  return rpc === null ? url : `http://${rpc[1] || '127.0.0.1'}:${port}`;
}
