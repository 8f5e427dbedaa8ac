import { setTimeout as delay } from 'node:timers/promises';
import { kill } from '../../support/process/kill.ts';
import { EITHER, hdfsDisaster, inShort, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';

const KILLS = inShort(1, 2);
const LATEST_KILL_MS = 2_000;
const SAFE_MODE_MS = inShort(3_000, 30_000);
const withinMs = 120_000 + KILLS * (LEASE_IS_OVER_WITHIN_MS + 30_000);

hdfsDisaster('the NameNode is killed', { withinMs }, async (stage, hdfs) => {
  await stage.startSink();
  await stage.begins();
  for (let time = 0; time < KILLS; time++) {
    await delay(stage.pick(LATEST_KILL_MS));
    await kill(hdfs.nameNode);
    const since = await stage.mark();
    await hdfs.nameNode.start();
    stage.count('SIGKILL NameNode');
    await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since });
  }
  await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
});

hdfsDisaster('the NameNode comes back into safe mode', { over: EITHER, withinMs }, async (stage, hdfs) => {
  await stage.startSink();
  await stage.begins();
  const nodes = [hdfs.nameNode, ...hdfs.dataNodes];
  await Promise.all(nodes.map(kill));
  const since = await stage.mark();
  stage.count('SIGKILL HDFS');
  await hdfs.nameNode.start();
  // Without the DataNodes' blocks the NameNode stays read-only.
  await delay(SAFE_MODE_MS);
  await Promise.all(hdfs.dataNodes.map((node) => node.start()));
  await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since });
  await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
});
