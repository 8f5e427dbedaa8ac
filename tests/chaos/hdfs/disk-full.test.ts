import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hdfsDisaster, inShort, LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
/** Less than a full segment, so that each block under way meets the limit. */
const ROOM_BYTES = { least: 20_000, most: 40_000 };
const FULL_FOR_MS = 5_000;

/**
 * Limits the size of all files of the process. A write beyond the limit stops there and fails, as
 * on a full disk. The DataNode's file then has bytes that the DataNode does not know of.
 */
async function limitFiles(pid: number | undefined, bytes: number | 'unlimited'): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

hdfsDisaster(
  'a DataNode has no room for what it is writing',
  {
    // Over WebHDFS the sink copies the segment only after two minutes.
    over: inShort(['hdfs'] as const, ['webhdfs', 'hdfs'] as const),
    withinMs: 90_000 + 2 * LEASE_IS_OVER_WITHIN_MS,
  },
  async (stage, { dataNodes: [node] }) => {
    const sink = await stage.startSink();
    await stage.begins();
    const { least, most } = ROOM_BYTES;
    const before = sink.logs().length;
    await limitFiles(node?.pid, least + stage.pick(most - least));
    stage.count('no room');
    await until(() => sink.logs().slice(before).includes('claiming the partition again'), {
      what: 'a write fails',
      withinMs: 60_000,
    });
    await delay(FULL_FOR_MS);
    await limitFiles(node?.pid, 'unlimited');
    await stage.recovers({ withinMs: LEASE_IS_OVER_WITHIN_MS, since: await stage.mark() });
    await stage.judge({ withinMs: LEASE_IS_OVER_WITHIN_MS });
  },
);
