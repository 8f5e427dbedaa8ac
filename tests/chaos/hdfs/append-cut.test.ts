import { disaster, inShort } from '../../support/stage/disaster.ts';

const CUTS = inShort(5, 30);

disaster('an append is cut midway', { withinMs: 60_000 + CUTS * 10_000 }, async (stage) => {
  await stage.startSink();
  await stage.begins();
  for (let cut = 0; cut < CUTS; cut++) {
    await stage.befalls({ op: 'APPEND' }, { kind: 'cut', atBytes: 1 + stage.pick(2_000) });
    await stage.recovers();
  }
  await stage.judge();
});
