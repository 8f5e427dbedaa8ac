import { setTimeout as delay } from 'node:timers/promises';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';

const TIMES = inShort(1, 3);
/** Long enough for each of the two to be fenced a few times, while messages are on their way to it. */
const TOGETHER_MS = 20_000;
const MEMBER = { KAFKA_INSTANCE_ID: 'one', KAFKA_SESSION_TIMEOUT_MS: '6000' };
/** A session, and a worker that has just been started anew a few times and pauses before it is again. */
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
      // Whichever writes at the moment: the one that is left must not take itself for a member that it is no more.
      const [killed, left] = stage.pick(2) === 0 ? [first, second] : [second, first];
      await killed.killAll();
      const since = await stage.mark();
      await stage.recovers({ since, withinMs: GOES_ON_WITHIN_MS, as: 'the other one goes on' });
      first = left;
    }
    await stage.judge();
  },
);
