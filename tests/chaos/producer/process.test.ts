import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { collectorDisaster } from '../../support/collector/collector-disaster.ts';
import { inShort } from '../../support/stage/disaster.ts';

const TIMES = inShort(2, 6);
const LATEST_MS = 1_000;
/** Longer than the delivery time-out and the deadline that the stage sets. */
const FROZEN_MS = 3_000;
const withinMs = 60_000 + TIMES * 30_000;

collectorDisaster('the producer is told to stop under load', { withinMs }, async (stage) => {
  for (let time = 0; time < TIMES; time++) {
    await stage.tells('acked', 100);
    await delay(stage.pick(LATEST_MS));
    stage.producer.signal('SIGTERM');
    stage.count('SIGTERM producer');
    expect(await stage.replaceProducer()).toEqual({ code: 0, signal: null });
    await stage.recovers('the next producer');
  }
  await stage.judge();
});

collectorDisaster('the producer is killed under load', { withinMs }, async (stage) => {
  for (let time = 0; time < TIMES; time++) {
    await stage.tells('acked', 100);
    await delay(stage.pick(LATEST_MS));
    stage.producer.signal('SIGKILL');
    stage.count('SIGKILL producer');
    await stage.replaceProducer();
    await stage.recovers('the next producer');
  }
  await stage.judge();
});

collectorDisaster('the producer is frozen past its time-outs', { withinMs }, async (stage) => {
  for (let time = 0; time < TIMES; time++) {
    await stage.tells('acked', 100);
    await delay(stage.pick(LATEST_MS));
    stage.producer.signal('SIGSTOP');
    stage.count('SIGSTOP producer');
    await delay(FROZEN_MS);
    stage.producer.signal('SIGCONT');
    await stage.recovers('the producer is awake again');
  }
  await stage.judge();
});
