import { setTimeout as delay } from 'node:timers/promises';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';

const TIMES = inShort(1, 3);
/** In this time each sink is fenced a few times while records are on their way to it. */
const TOGETHER_MS = 20_000;
const MEMBER = { KAFKA_INSTANCE_ID: 'one', KAFKA_SESSION_TIMEOUT_MS: '6000' };
/**
 * Kafka's session must end. Besides, the supervisor pauses before it starts a worker again that it
 * has restarted a few times just before.
 */
const GOES_ON_WITHIN_MS = 60_000;

disaster(
  'two sinks have one instance id',
  { over: EITHER, withinMs: 60_000 + TIMES * (TOGETHER_MS + GOES_ON_WITHIN_MS) },
  async (stage) => {
    let first = await stage.startSink(MEMBER);
    await stage.begins();
    for (let time = 0; time < TIMES; time++) {
      const second = await stage.startSink(MEMBER);
      stage.count('second sink of one instance id');
      await delay(TOGETHER_MS);
      // Either sink may be writing. The sink that is left must notice that it lost its membership.
      const [killed, left] = stage.pick(2) === 0 ? [first, second] : [second, first];
      await killed.killAll();
      const since = await stage.mark();
      await stage.recovers({ since, withinMs: GOES_ON_WITHIN_MS, as: 'the other one goes on' });
      first = left;
    }
    await stage.judge();
  },
);
