import { inject } from 'vitest';

/** The protocol between a sink and HDFS: WebHDFS, or HDFS's own protocol. */
export type Transport = 'webhdfs' | 'hdfs';

/** The transport of all tests in one file. A file speaks HDFS's own protocol by default. */
let transport: Transport = 'hdfs';

/** Makes the tests of a file run over WebHDFS. Call it before that file is imported. */
export function speakWebHdfs(): void {
  transport = 'webhdfs';
}

export const speaksHdfs = (): boolean => transport === 'hdfs';

/** The `HDFS_URL` of a sink on the HDFS that all tests share. */
export const sinkUrl = (): string => inject(speaksHdfs() ? 'hdfsRpcUrl' : 'hdfsUrl');
