import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { CHANGING_REQUESTS, strike } from '../../support/stage/changing-request.ts';
import { disaster, inShort } from '../../support/stage/disaster.ts';
import type { Stage } from '../../support/stage/stage.ts';

/** The sink gives a request up after this. */
const HDFS_TIMEOUT_MS = '1500';
/** From the last one on until all reach HDFS after all. */
const HELD_MS = inShort(0, 30_000);
const withinMs = CHANGING_REQUESTS.length * 60_000 + HELD_MS;

/** Whoever asked has claimed again meanwhile: requests under older tokens must find nothing to change. */
async function releaseFenced(stage: Stage): Promise<void> {
  await delay(HELD_MS);
  const late = await stage.proxy.release();
  expect(new Set(late.map(({ request }) => request)).size).toBe(CHANGING_REQUESTS.length);
  for (const { request, applied } of late) {
    // An hour's folder is there already; making it again changes nothing.
    if (request.op === 'MKDIRS') continue;
    // A DataNode has no word for it: the pipeline is gone.
    const isPacket = request.op === 'APPEND' && stage.transport === 'hdfs';
    expect(applied, request.op).toBe(isPacket ? undefined : false);
  }
}

disaster('a request is applied after its client gave it up', { withinMs }, async (stage) => {
  await stage.startSink({ HDFS_TIMEOUT_MS });
  await stage.begins();
  for (const request of CHANGING_REQUESTS) {
    await strike(stage, request, { kind: 'hold' });
    await stage.recovers();
  }
  await releaseFenced(stage);
  await stage.recovers();
  await stage.judge();
});

disaster('a request is applied after a new owner claimed', { withinMs }, async (stage) => {
  const env = { KAFKA_INSTANCE_ID: 'one' };
  let owner = await stage.startSink(env);
  await stage.begins();
  for (const request of CHANGING_REQUESTS) {
    await strike(stage, request, { kind: 'hold' });
    await owner.killAll();
    const mark = await stage.mark();
    owner = await stage.startSink(env);
    await stage.recovers({ since: mark });
  }
  await releaseFenced(stage);
  await stage.recovers();
  await stage.judge();
});
