import { setTimeout as delay } from 'node:timers/promises';
import { disaster, inShort, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';

/** While the half-open connection seems alive, HDFS holds the lease of its file. */
const HALF_OPEN_MS = inShort(5_000, 30_000);
const HDFS_TIMEOUT_MS = '2000';

disaster('a half-open append ends', { withinMs: HALF_OPEN_MS + 90_000 }, async (stage) => {
  await stage.startSink({ HDFS_TIMEOUT_MS });
  await stage.begins();
  await stage.befalls({ op: 'APPEND' }, { kind: 'half-open', atBytes: 1 + stage.pick(1_000) });
  const mark = await stage.mark();
  await delay(HALF_OPEN_MS);
  await stage.proxy.release();
  await stage.recovers({ since: mark });
  await stage.judge();
});

disaster('a half-open append never ends', { withinMs: LEASE_IS_OVER_WITHIN_MS + 90_000 }, async (stage) => {
  await stage.startSink({ HDFS_TIMEOUT_MS });
  await stage.begins();
  await stage.befalls({ op: 'APPEND' }, { kind: 'half-open', atBytes: 1 + stage.pick(1_000) });
  await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS });
  await stage.judge();
});
