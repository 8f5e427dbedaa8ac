import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { CHANGING_REQUESTS, strike } from '../../support/stage/changing-request.ts';
import { disaster, inShort } from '../../support/stage/disaster.ts';
import type { Stage } from '../../support/stage/stage.ts';

/** The sink gives up a request after this time. */
const HDFS_TIMEOUT_MS = '1500';
/** The pause after the last held request, before all of them reach HDFS. */
const HELD_MS = inShort(0, 30_000);
const withinMs = CHANGING_REQUESTS.length * 60_000 + HELD_MS;

/**
 * Forwards the held requests. Their partitions have been claimed again meanwhile, so a request
 * under an older token must not change anything.
 */
async function releaseFenced(stage: Stage): Promise<void> {
  await delay(HELD_MS);
  const late = await stage.proxy.release();
  expect(new Set(late.map(({ request }) => request)).size).toBe(CHANGING_REQUESTS.length);
  for (const { request, applied } of late) {
    // The hour's folder exists already. To make it again changes nothing.
    if (request.op === 'MKDIRS') continue;
    // The pipeline is gone, and a DataNode has no answer for such a packet.
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
