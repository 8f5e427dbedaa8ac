import { setTimeout as delay } from 'node:timers/promises';
import { kill } from '../../support/process/kill.ts';
import { EITHER, inShort, kafkaDisaster } from '../../support/stage/disaster.ts';

const KILLS = inShort(1, 4);
const LATEST_KILL_MS = 2_000;

kafkaDisaster(
  'the broker is killed',
  { over: EITHER, withinMs: 120_000 + KILLS * 60_000 },
  async (stage, kafka) => {
    await stage.startSink();
    await stage.begins();
    for (let time = 0; time < KILLS; time++) {
      await delay(stage.pick(LATEST_KILL_MS));
      await kill(kafka.broker);
      const since = await stage.mark();
      await kafka.broker.start();
      stage.count('SIGKILL broker');
      await stage.recovers({ since });
    }
    await stage.judge();
  },
);
