import { expect } from 'vitest';
import { partitionFolder } from '../../../sink/ledger/layout.ts';
import { disaster, inShort } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const ofPartition0 = { op: 'APPEND', path: new RegExp(`/${partitionFolder(0)}/`) };
const SLOW_APPENDS = inShort(3, 30);

disaster('one partition has a slow DataNode', { withinMs: 90_000 + SLOW_APPENDS * 10_000 }, async (stage) => {
  const sink = await stage.startSink();
  await stage.begins();
  await stage.befalls(ofPartition0, { kind: 'hold' });
  const before = await sink.perPartition('sink_lines_total');
  const othersGoOn = async () => {
    const now = await sink.perPartition('sink_lines_total');
    return [1, 2].every((partition) => (now.get(partition) ?? 0) > (before.get(partition) ?? 0) + 300);
  };
  await until(othersGoOn, { what: 'the other partitions go on', withinMs: 20_000 });
  expect(stage.proxy.held).toBe(1);
  expect((await sink.perPartition('sink_lines_total')).get(0)).toBe(before.get(0));
  await stage.proxy.release();
  stage.proxy.rule(ofPartition0, { kind: 'delay', ms: 2_000 });
  for (let append = 0; append < SLOW_APPENDS; append++) await stage.recovers();
  await stage.judge();
});
