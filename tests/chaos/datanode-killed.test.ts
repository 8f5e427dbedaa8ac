import { setTimeout as delay } from 'node:timers/promises';
import { clusterDisaster, inShort } from '../support/disaster.ts';
import { kill } from '../support/kill.ts';

const KILLS = inShort(1, 2);
const LATEST_KILL_MS = 2_000;
/** A lease that its holder left behind lasts 60 s, its recovery some seconds more. */
const GOES_ON_WITHIN_MS = 120_000;

for (const dataNodes of [1, 3]) {
  const options = {
    withinMs: 120_000 + KILLS * (GOES_ON_WITHIN_MS + 30_000),
    hdfs: { dataNodes, properties: { 'dfs.replication': String(Math.min(2, dataNodes)) } },
  };
  clusterDisaster(`a DataNode of ${dataNodes} is killed`, options, async (stage, { hdfs }) => {
    await stage.startSink();
    await stage.begins();
    for (let time = 0; time < KILLS; time++) {
      const node = hdfs.dataNodes[stage.pick(dataNodes)];
      if (!node) continue;
      await delay(stage.pick(LATEST_KILL_MS));
      await kill(node);
      const since = await stage.mark();
      await node.start();
      stage.count('SIGKILL DataNode');
      await stage.recovers({ withinMs: GOES_ON_WITHIN_MS, since });
    }
    await stage.judge({ withinMs: GOES_ON_WITHIN_MS });
  });
}
