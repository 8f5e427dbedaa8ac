import type { FileSystem } from '../file-system.ts';
import { HdfsFileSystem } from '../hdfs-file-system.ts';
import { WebHdfsFileSystem } from '../webhdfs/file-system.ts';
import { rpcOptions, speaksRpc, webHdfsOptions } from './client-options.ts';
import type { HdfsAccess } from './hdfs-settings.ts';

/** The file system in the protocol that `HDFS_URL` names. */
export function hdfsFiles(access: HdfsAccess): FileSystem {
  return speaksRpc(access)
    ? new HdfsFileSystem(rpcOptions(access))
    : new WebHdfsFileSystem(webHdfsOptions(access));
}
