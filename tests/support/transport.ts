import { inject } from 'vitest';

/** What the tests of one file speak to HDFS: WebHDFS, or its own protocol once `speakHdfs` was called. */
let transport: 'webhdfs' | 'hdfs' = 'webhdfs';

/** Called before the tests of another file are imported, it has them run once more over HDFS's own protocol. */
export function speakHdfs(): void {
  transport = 'hdfs';
}

export const speaksHdfs = (): boolean => transport === 'hdfs';

/** The `HDFS_URL` of a sink on the HDFS that all tests share. */
export const sinkUrl = (): string => inject(speaksHdfs() ? 'hdfsRpcUrl' : 'hdfsUrl');
