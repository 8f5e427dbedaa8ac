import { rpcOptions, speaksRpc, webHdfsOptions } from '../../storage/access/client-options.ts';
import type { HdfsAccess } from '../../storage/access/hdfs-settings.ts';
import { HdfsInspector } from './hdfs-inspector.ts';
import type { Inspector } from './inspector.ts';
import { WebHdfsInspector } from './webhdfs-inspector.ts';

/** The inspector in the protocol that `HDFS_URL` names. */
export function hdfsInspector(access: HdfsAccess): Inspector {
  return speaksRpc(access)
    ? new HdfsInspector(rpcOptions(access))
    : new WebHdfsInspector(webHdfsOptions(access));
}
