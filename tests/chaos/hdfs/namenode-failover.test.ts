import { kill } from '../../support/process/kill.ts';
import { EITHER, hdfsDisaster, inShort, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';

const ROUNDS = inShort(1, 2);
/** Enough for the start of the pair, and for four failovers a round. */
const withinMs = 240_000 + ROUNDS * 4 * LEASE_IS_OVER_WITHIN_MS;

/**
 * How the active NameNode stops being active. The number of ways is even, because the judge asks
 * the first NameNode.
 */
const WAYS = ['killed', 'asked to step down', 'frozen, and fenced', 'asked to step down'] as const;

hdfsDisaster(
  'the NameNode fails over',
  { over: EITHER, withinMs, hdfs: { nameNodes: 2 } },
  async (stage, hdfs) => {
    // Past the proxy, so that the sink meets refusals and frozen NameNodes as they are.
    await stage.startSink({ HDFS_URL: stage.directUrl, HDFS_TIMEOUT_MS: '5000' });
    await stage.begins();
    let active = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of WAYS) {
        const [loser, next] = [hdfs.nameNodes[active], 1 - active];
        if (!loser) throw new RangeError(`there is no NameNode ${active}`);
        if (way === 'killed') await kill(loser);
        if (way === 'frozen, and fenced') await loser.signal('SIGSTOP');
        const since = await stage.mark();
        await hdfs.failover(next);
        if (way === 'frozen, and fenced') await kill(loser);
        await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since, as: `active ${way}` });
        stage.count(`NameNode ${way}`);
        if (loser.pid === undefined) await loser.start();
        active = next;
      }
    }
    await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
  },
);
