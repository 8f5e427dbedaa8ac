import { inject } from 'vitest';

/** What a sink speaks to HDFS: WebHDFS, or HDFS's own protocol. */
export type Transport = 'webhdfs' | 'hdfs';

/** What the tests of one file speak: WebHDFS, or HDFS's own protocol once `speakHdfs` was called. */
let transport: Transport = 'webhdfs';

/** Called before the tests of another file are imported, it has them run once more over HDFS's own protocol. */
export function speakHdfs(): void {
  transport = 'hdfs';
}

export const speaksHdfs = (): boolean => transport === 'hdfs';

/** The `HDFS_URL` of a sink on the HDFS that all tests share. */
export const sinkUrl = (): string => inject(speaksHdfs() ? 'hdfsRpcUrl' : 'hdfsUrl');
