import { setTimeout as delay } from 'node:timers/promises';
import { disaster, inShort } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const KILLS = inShort(2, 8);
const LATEST_KILL_MS = 2_000;
/**
 * The supervisor pauses for up to 30 s before it starts a worker again whose last starts all ended
 * soon.
 */
const RESTARTS_WITHIN_MS = 60_000;
const withinMs = 60_000 + KILLS * 30_000;

for (const [member, env] of [
  ['a dynamic member', {}],
  ['a static member', { KAFKA_INSTANCE_ID: 'one' }],
] as const) {
  disaster(`${member} is killed at any instant`, { withinMs, eventsPerSecond: 500 }, async (stage) => {
    let sink = await stage.startSink(env);
    await stage.begins();
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(stage.pick(LATEST_KILL_MS));
      await sink.killAll();
      stage.count('SIGKILL');
      const since = await stage.mark();
      sink = await stage.startSink(env);
      await stage.recovers({ since, as: `restart of ${member}` });
    }
    await stage.judge();
  });
}

disaster('a worker alone is killed', { withinMs, eventsPerSecond: 500 }, async (stage) => {
  const sink = await stage.startSink({ KAFKA_INSTANCE_ID: 'one' });
  await stage.begins();
  for (let kill = 0; kill < KILLS; kill++) {
    const [pid = Number.NaN] = await sink.workerPids();
    process.kill(pid, 'SIGKILL');
    stage.count('SIGKILL worker');
    const restarted = async () => (await sink.workerPids()).some((other) => other !== pid);
    await until(restarted, { what: 'another worker runs', withinMs: RESTARTS_WITHIN_MS });
    await stage.recovers();
  }
  await stage.judge();
});
