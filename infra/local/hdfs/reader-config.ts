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

/** @throws where `HDFS_URL` is no WebHDFS address */
export function readHdfsReaderConfig(env: Environment = process.env): HdfsReaderConfig {
  if (env['HDFS_URL']?.trim().startsWith('hdfs:')) {
    throw new Error(
      'HDFS_URL: npm run hdfs looks over WebHDFS: give it http://<NameNode>:9870, or nothing for the HDFS of npm start',
    );
  }
  const urls = env['HDFS_URL'] || `http://127.0.0.1:${env['HDFS_HTTP_PORT'] || '9870'}`;
  return {
    urls: urls.split(',').map((url) => url.trim()),
    user: env['HDFS_USER'] || userInfo().username,
    folder: env['HDFS_DIR'] || '/data',
  };
}
