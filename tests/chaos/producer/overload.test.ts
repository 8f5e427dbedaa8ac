import { setTimeout as delay } from 'node:timers/promises';
import { collectorDisaster } from '../../support/collector/collector-disaster.ts';
import { inShort } from '../../support/stage/disaster.ts';

const LASTS_MS = inShort(5_000, 20_000);
/** Far fewer events than the clients send at a time. */
const env = { MAX_IN_FLIGHT_EVENTS: '20', MAX_BATCH_EVENTS: '20' };

collectorDisaster('more events come than may be on their way', { withinMs: 120_000, env }, async (stage) => {
  stage.count('overload');
  await Promise.all([stage.tells('overloaded', 100), stage.tells('acked', 100), delay(LASTS_MS)]);
  await stage.judge();
});
