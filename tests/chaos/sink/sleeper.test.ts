import { expect } from 'vitest';
import { readMetric } from '../../support/process/sink-process.ts';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const TIMES = inShort(1, 4);

disaster(
  'a worker sleeps past its session',
  { over: EITHER, withinMs: 60_000 + TIMES * 90_000 },
  async (stage) => {
    const sleeper = await stage.startSink({ KAFKA_SESSION_TIMEOUT_MS: '6000' });
    await stage.begins();
    const pids = await sleeper.workerPids();
    for (let time = 0; time < TIMES; time++) {
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      stage.count('SIGSTOP');
      const since = await stage.mark();
      const owner = await stage.startSink();
      await stage.recovers({ since, as: 'a sleeper is replaced' });
      const before = await readMetric(owner.url, 'sink_fenced_total');
      const wokenAtMs = performance.now();
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      const fenced = async () => (await readMetric(sleeper.url, 'sink_partition_writing')) === 0;
      await until(fenced, { what: 'the sleeper knows that it is fenced' });
      stage.note('a sleeper notices', performance.now() - wokenAtMs);
      const backAgain = async () => (await readMetric(sleeper.url, 'sink_partition_writing')) > 0;
      await until(backAgain, { what: 'the sleeper has partitions again', withinMs: 30_000 });
      await stage.recovers();
      expect(await readMetric(owner.url, 'sink_fenced_total')).toBe(before);
      expect(await owner.stop()).toEqual({ code: 0, signal: null });
    }
    expect(await sleeper.workerPids()).toEqual(pids);
    await stage.judge();
  },
);
