import { setTimeout as delay } from 'node:timers/promises';
import { kill } from '../../support/process/kill.ts';
import { hdfsDisaster, inShort, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';

const KILLS = inShort(1, 2);
const LATEST_KILL_MS = 2_000;
/** Over HDFS's own protocol the sink goes on with the DataNodes that are left. */
const SURVIVORS_GO_ON_WITHIN_MS = 5_000;

for (const [dataNodes, replication] of [
  [1, 1],
  [3, 2],
  [3, 3],
] as const) {
  const name = `a DataNode of ${dataNodes} is killed, with ${replication} of each block`;
  const options = {
    // Over WebHDFS a third copy changes nothing: the sink waits for the lease in either case.
    ...(replication === 3 && { over: inShort(['hdfs'] as const, ['webhdfs', 'hdfs'] as const) }),
    withinMs: 120_000 + KILLS * (LEASE_IS_OVER_WITHIN_MS + 30_000),
    hdfs: { dataNodes, properties: { 'dfs.replication': String(replication) } },
  };
  hdfsDisaster(name, options, async (stage, hdfs) => {
    await stage.startSink();
    await stage.begins();
    for (let time = 0; time < KILLS; time++) {
      const node = hdfs.dataNodes[stage.pick(dataNodes)];
      if (!node) continue;
      await delay(stage.pick(LATEST_KILL_MS));
      await kill(node);
      stage.count('SIGKILL DataNode');
      let since = await stage.mark();
      if (stage.transport === 'hdfs' && replication > 1) {
        await stage.recovers({ withinMs: SURVIVORS_GO_ON_WITHIN_MS, since, as: 'survivors go on' });
        since = await stage.mark();
      }
      await node.start();
      await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since });
    }
    await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
  });
}
