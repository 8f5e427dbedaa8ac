import { Counter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { createHealthApp } from '../../../../sink/operations/health.ts';
import { SinkMetrics } from '../../../../sink/operations/metrics.ts';
import type { PartitionReport, WorkerHealth } from '../../../../sink/operations/report.ts';

const partition = (state: string, reason?: string): PartitionReport => ({
  partition: 0,
  state,
  reason,
  durableOffset: 7,
  endOffset: 9,
  bufferedBytes: 0,
});

const worker = (partitions: readonly PartitionReport[], joined = true): WorkerHealth => ({
  state: 'answers',
  pid: 100,
  report: { joined, partitions, metrics: [] },
});
const silent: WorkerHealth = { state: 'silent', pid: 101 };
const ended: WorkerHealth = { state: 'ended' };

const stuck: WorkerHealth = {
  state: 'answers',
  pid: 102,
  report: { joined: true, partitions: [], metrics: [], standstill: 'Kafka is not polled' },
};

const ask = (path: string, workers: readonly WorkerHealth[], stopping = false, registry = new Registry()) =>
  createHealthApp({ workers: async () => workers, stopping: () => stopping, registry }).request(path);

describe('/livez', () => {
  test('is 200 while workers answer, write or not', async () => {
    const response = await ask('/livez', [worker([partition('stopped', 'why')]), worker([], false)]);
    expect([response.status, await response.json()]).toEqual([200, { alive: true }]);
  });

  test('is 200 while a worker is being started again', async () => {
    expect((await ask('/livez', [ended])).status).toBe(200);
  });

  test('is 503 when a running worker does not answer', async () => {
    const response = await ask('/livez', [worker([]), silent]);
    expect([response.status, await response.json()]).toEqual([503, { alive: false }]);
  });

  test('is 503 when a worker says that it stands still', async () => {
    const response = await ask('/livez', [worker([]), stuck]);
    expect([response.status, await response.json()]).toEqual([503, { alive: false }]);
  });
});

describe('/readyz', () => {
  test.each([
    ['all partitions are written', [worker([partition('writing'), partition('writing')])]],
    ['one is being drained', [worker([partition('draining')])]],
    ['a member has no partitions', [worker([])]],
  ])('is 200 when %s', async (_, workers) => {
    expect((await ask('/readyz', workers)).status).toBe(200);
  });

  test.each([
    ['a partition is being claimed', [worker([partition('writing'), partition('claiming')])]],
    ['a partition is stopped', [worker([partition('stopped')])]],
    ['a worker has not joined', [worker([], false)]],
    ['a worker does not answer', [worker([]), silent]],
    ['a worker stands still', [stuck]],
    ['a worker has ended', [ended]],
  ])('is 503 when %s', async (_, workers) => {
    expect((await ask('/readyz', workers)).status).toBe(503);
  });

  test('is 503 once the sink stops, though all is well', async () => {
    const response = await ask('/readyz', [worker([partition('writing')])], true);
    expect([response.status, await response.json()]).toMatchObject([503, { ready: false, stopping: true }]);
  });

  test('says which partition is in the way and why', async () => {
    const response = await ask('/readyz', [worker([partition('stopped', 'the topic was made anew')])]);
    expect(await response.json()).toMatchObject({
      ready: false,
      workers: [
        { state: 'joined', pid: 100, partitions: [{ partition: 0, reason: 'the topic was made anew' }] },
      ],
    });
  });
});

describe('/metrics', () => {
  async function reporting(lines: number, partitionNumber: number): Promise<WorkerHealth> {
    const metrics = new SinkMetrics(() => [{ ...partition('writing'), partition: partitionNumber }]);
    metrics.lines.inc({ partition: 0 }, lines);
    return {
      state: 'answers',
      pid: 102,
      report: { joined: true, partitions: [], metrics: await metrics.registry.getMetricsAsJSON() },
    };
  }

  test('adds the workers up and leaves out who does not answer', async () => {
    const response = await ask('/metrics', [await reporting(3, 0), silent, await reporting(4, 1)]);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('sink_lines_total{partition="0"} 7');
    expect(text).toContain('sink_lag_records{partition="0"} 2');
    expect(text).toContain('sink_lag_records{partition="1"} 2');
    expect(text).toContain('sink_partition_writing{partition="1"} 1');
  });

  test('has what the supervisor counts even when no worker answers', async () => {
    const registry = new Registry();
    const restarts = { name: 'sink_worker_restarts_total', help: 'x', labelNames: ['reason'] } as const;
    new Counter({ ...restarts, registers: [registry] }).inc({ reason: 'silent' });
    const response = await ask('/metrics', [ended], false, registry);
    expect(await response.text()).toContain('sink_worker_restarts_total{reason="silent"} 1');
  });
});
