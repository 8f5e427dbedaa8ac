import { CHANGING_REQUESTS, strike } from '../../support/stage/changing-request.ts';
import { disaster, inShort } from '../../support/stage/disaster.ts';

const TIMES = inShort(1, 5);

disaster('a request is applied, its answer swallowed', { withinMs: 120_000 * TIMES }, async (stage) => {
  await stage.startSink();
  await stage.begins();
  for (let time = 0; time < TIMES; time++) {
    for (const request of CHANGING_REQUESTS) {
      await strike(stage, request, { kind: 'swallow' });
      await stage.recovers();
    }
  }
  await stage.judge();
});
