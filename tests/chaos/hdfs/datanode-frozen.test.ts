import { setTimeout as delay } from 'node:timers/promises';
import { hdfsDisaster, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';

const HDFS_TIMEOUT_MS = 5_000;
/**
 * In this time the client waits for the acknowledgement, finds the bad DataNode, and builds a new
 * pipeline. To take the lease again would need more than a minute.
 */
const SURVIVORS_GO_ON_WITHIN_MS = 6 * HDFS_TIMEOUT_MS;
const AWAKE_AGAIN_AFTER_MS = 5_000;

hdfsDisaster(
  'a DataNode of 3 is frozen, with 3 of each block',
  {
    over: ['hdfs'],
    withinMs: 2 * LEASE_IS_OVER_WITHIN_MS,
    hdfs: { dataNodes: 3, properties: { 'dfs.replication': '3' } },
  },
  async (stage, hdfs) => {
    await stage.startSink({ HDFS_TIMEOUT_MS: String(HDFS_TIMEOUT_MS) });
    await stage.begins();
    const node = hdfs.dataNodes[stage.pick(hdfs.dataNodes.length)];
    try {
      await node?.signal('SIGSTOP');
      stage.count('SIGSTOP DataNode');
      const since = await stage.mark();
      await stage.recovers({ withinMs: SURVIVORS_GO_ON_WITHIN_MS, since, as: 'survivors go on' });
      await delay(AWAKE_AGAIN_AFTER_MS);
    } finally {
      await node?.signal('SIGCONT');
    }
    await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since: await stage.mark() });
    await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
  },
);
