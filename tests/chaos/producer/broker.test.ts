import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { collectorBrokerDisaster } from '../../support/collector/collector-disaster.ts';
import { kill } from '../../support/process/kill.ts';
import { inShort } from '../../support/stage/disaster.ts';
import { timeAgainstNothing } from './time-against-nothing.ts';

const TIMES = inShort(1, 4);
const LATEST_MS = 2_000;
/** Longer than the delivery time-out and the deadline that the stage sets. */
const FROZEN_MS = 4_000;
const withinMs = 90_000 + TIMES * 60_000;

collectorBrokerDisaster("the producer's broker is killed", { withinMs }, async (stage, kafka) => {
  for (let time = 0; time < TIMES; time++) {
    await stage.tells('acked', 100);
    await delay(stage.pick(LATEST_MS));
    await kill(kafka.broker);
    stage.count('SIGKILL broker');
    await stage.tells('broker_unavailable', 20);
    const { p99Ms, slowestMs } = await stage.load.pauseFor(() => timeAgainstNothing(stage.producer.url));
    stage.note('refusal while the broker is away, p99 above an answer that does nothing', p99Ms);
    // The product promises no time. Any wait for a broker takes far longer than this.
    expect(slowestMs).toBeLessThan(1_000);
    await kafka.broker.start();
    await stage.recovers('the broker is back');
  }
  await stage.judge();
});

collectorBrokerDisaster(
  "the producer's broker is frozen past the delivery time-out",
  { withinMs },
  async (stage, kafka) => {
    for (let time = 0; time < TIMES; time++) {
      await stage.tells('acked', 100);
      await delay(stage.pick(LATEST_MS));
      await kafka.broker.signal('SIGSTOP');
      stage.count('SIGSTOP broker');
      const unknown = stage.tells('unknown', 5);
      const refused = stage.tells('broker_unavailable', 20);
      await Promise.all([delay(FROZEN_MS), unknown, refused]);
      await kafka.broker.signal('SIGCONT');
      await stage.recovers('the broker is awake again');
    }
    await stage.judge();
  },
);
