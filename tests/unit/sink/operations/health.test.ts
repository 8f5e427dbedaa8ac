import { describe, expect, test } from 'vitest';
import { sinkHealth } from '../../../../sink/operations/health.ts';
import type { PartitionReport, WorkerHealth } from '../../../../sink/operations/report.ts';

const partition = (state: string, reason?: string): PartitionReport => ({
  partition: 0,
  state,
  reason,
  durableOffset: 7,
  storedOffset: 7,
  endOffset: 9,
  hiddenOffsets: 0,
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

describe('the sink is alive', () => {
  test('while workers answer, write or not', () => {
    const workers = [worker([partition('stopped', 'why')]), worker([], false)];
    expect(sinkHealth(workers, false).faults).toEqual([]);
  });

  test('while a worker is being restarted', () => {
    expect(sinkHealth([ended], false).faults).toEqual([]);
  });

  test('no more when a running worker does not answer', () => {
    expect(sinkHealth([worker([]), silent], false).faults).toEqual(['worker 101 does not answer']);
  });

  test('no more when a worker says that it stands still', () => {
    expect(sinkHealth([worker([]), stuck], false).faults).toEqual(['worker 102: Kafka is not polled']);
  });
});

describe('the sink', () => {
  test.each([
    ['all partitions are written', [worker([partition('writing'), partition('writing')])]],
    ['one is being drained', [worker([partition('draining')])]],
    ['a member has no partitions', [worker([])]],
  ])('is ready when %s', (_, workers) => {
    expect(sinkHealth(workers, false)).toMatchObject({ ready: true, obstacles: [] });
  });

  test.each([
    ['a partition is being claimed', [worker([partition('writing'), partition('claiming')])]],
    ['a partition is stopped', [worker([partition('stopped')])]],
    ['a worker has not joined', [worker([], false)]],
    ['a worker does not answer', [worker([]), silent]],
    ['a worker stands still', [stuck]],
    ['a worker has ended', [ended]],
  ])('is not ready when %s, and says why', (_, workers) => {
    const { ready, faults, obstacles } = sinkHealth(workers, false);
    expect(ready).toBe(false);
    expect([...faults, ...obstacles]).toHaveLength(1);
  });

  test('is not ready once it drains, though all is well', () => {
    expect(sinkHealth([worker([partition('writing')])], true)).toMatchObject({
      ready: false,
      draining: true,
    });
  });

  test('says which partition is in the way and why', () => {
    const health = sinkHealth([worker([partition('stopped', 'the topic was made anew')])], false);
    expect(health).toMatchObject({
      obstacles: ['partition 0 is stopped: the topic was made anew'],
      workers: [
        { state: 'joined', pid: 100, partitions: [{ partition: 0, reason: 'the topic was made anew' }] },
      ],
    });
  });
});
