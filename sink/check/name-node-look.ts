import { StoreError } from '../errors.ts';
import { WebHdfsClient, type WebHdfsOptions } from '../webhdfs/client.ts';

/** One address of `HDFS_URL`, asked by itself. */
export interface NameNodeLook {
  readonly url: string;
  readonly state: 'active' | 'standby' | StoreError;
}

export function lookAtNameNodes(options: WebHdfsOptions): Promise<NameNodeLook[]> {
  return Promise.all(
    options.nameNodes.map(async (nameNode) => ({
      url: nameNode.origin + nameNode.pathname.replace(/\/$/, ''),
      state: await askState({ ...options, nameNodes: [nameNode] }),
    })),
  );
}

async function askState(options: WebHdfsOptions): Promise<NameNodeLook['state']> {
  const client = new WebHdfsClient(options);
  try {
    await client.ask('GET', '/', 'GETFILESTATUS');
    return 'active';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.reason === 'StandbyException' ? 'standby' : error;
  } finally {
    client.close();
  }
}
