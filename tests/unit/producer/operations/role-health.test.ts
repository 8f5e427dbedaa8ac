import { describe, expect, test } from 'vitest';
import type { WorkerHealth } from '../../../../infra/runtime/worker-process.ts';
import { producerHealth, statusLine } from '../../../../producer/operations/role-health.ts';
import type { ProducerReport } from '../../../../producer/operations/worker-report.ts';

type Worker = WorkerHealth<ProducerReport>;

const answers = (report: Partial<ProducerReport> = {}): Worker => ({
  state: 'answers',
  pid: 100,
  report: { readiness: 'ready', awaited: 3, ...report },
});
const unconnected = answers({ readiness: 'not connected' });
const silent: Worker = { state: 'silent', pid: 101 };
const ended: Worker = { state: 'ended' };

describe('several workers', () => {
  test('are alive while each answers or is being restarted', () => {
    expect(producerHealth([unconnected, ended], false).faults).toEqual([]);
  });

  test('are not alive while one does not answer or stands still', () => {
    expect(producerHealth([answers(), silent], false).faults).toEqual(['worker 101 does not answer']);
    expect(producerHealth([answers(), answers({ standstill: 'stuck' })], false).faults).toEqual([
      'worker 100: stuck',
    ]);
  });

  test('are ready while one of them is ready, and say what is in the way of the others', () => {
    const { ready, obstacles, workers } = producerHealth([answers(), unconnected, silent, ended], false);
    expect(ready).toBe(true);
    expect(obstacles).toEqual([
      'worker 100 is not connected to the brokers',
      'a worker has ended and is being restarted',
    ]);
    expect(workers.map(({ state }) => state)).toEqual(['ready', 'not connected', 'silent', 'ended']);
  });

  test('are not ready while none of them is, or all drain', () => {
    expect(producerHealth([unconnected, silent], false).ready).toBe(false);
    expect(producerHealth([answers()], true)).toMatchObject({ ready: false, obstacles: ['draining'] });
  });
});

test('the status line adds up what is in flight', () => {
  expect(statusLine([answers(), answers(), ended])).toBe('ready: 2 of 3 workers, 6 events in flight');
  expect(statusLine([unconnected])).toBe('not connected, 3 events in flight');
});
