import { newPartitionFolder } from '../../../sink/ledger/layout.ts';
import type { SinkProcess } from '../../support/process/sink-process.ts';
import type { Target } from '../../support/proxy/hdfs-fault.ts';
import { CHANGING_REQUESTS, strike } from '../../support/stage/changing-request.ts';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';

const TIMES = inShort(1, 3);
const MEMBER = { KAFKA_INSTANCE_ID: 'one' };

const unclaimed = new RegExp(`/${newPartitionFolder('')}`);
const newFolder: Target = { op: 'MKDIRS', path: unclaimed };
const firstClaim: Target = { op: 'RENAME', path: unclaimed };

for (const [when, target, kind] of [
  ['its folder is prepared', newFolder, 'after'],
  ['its folder is moved into place', firstClaim, 'before'],
  ['its folder was moved into place', firstClaim, 'after'],
] as const) {
  disaster(`killed at the first claim, when ${when}`, { over: EITHER, withinMs: 90_000 }, async (stage) => {
    let sink: SinkProcess | undefined;
    const killed = stage.befalls(target, { kind, act: () => sink?.killAll() });
    sink = await stage.startSink(MEMBER);
    await killed;
    await sink.exited();
    const mark = await stage.mark();
    await stage.startSink(MEMBER);
    await stage.recovers({ since: mark });
    await stage.judge();
  });
}

disaster(
  'killed before and after each request',
  { over: EITHER, withinMs: 60_000 + 240_000 * TIMES },
  async (stage) => {
    let sink = await stage.startSink(MEMBER);
    await stage.begins();
    for (let time = 0; time < TIMES; time++) {
      for (const request of CHANGING_REQUESTS) {
        for (const kind of ['before', 'after'] as const) {
          await strike(stage, request, { kind, act: () => sink.killAll() });
          await sink.exited();
          const mark = await stage.mark();
          sink = await stage.startSink(MEMBER);
          await stage.recovers({ since: mark });
        }
      }
    }
    await stage.judge();
  },
);
