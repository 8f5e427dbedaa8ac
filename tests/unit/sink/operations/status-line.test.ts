import { expect, test } from 'vitest';
import type { PartitionReport, WorkerHealth } from '../../../../sink/operations/report.ts';
import { statusLine } from '../../../../sink/operations/status-line.ts';

const partition = (facts: Partial<PartitionReport>): PartitionReport => ({
  partition: 0,
  state: 'writing',
  reason: undefined,
  durableOffset: 10,
  storedOffset: 10,
  endOffset: 12,
  hiddenOffsets: 0,
  bufferedBytes: 0,
  ...facts,
});

const answering = (partitions: readonly PartitionReport[], standstill?: string): WorkerHealth => {
  const report = { joined: true, partitions, metrics: [] };
  return { state: 'answers', pid: 1, report: standstill === undefined ? report : { ...report, standstill } };
};

test('adds up the partitions and the lag of all workers', () => {
  const workers = [answering([partition({})]), answering([partition({ partition: 1, endOffset: 20 })])];
  expect(statusLine(workers)).toBe('2 of 2 partitions written, 12 records behind');
});

test('counts no lag where nothing is known of it, and none below zero', () => {
  const unknown = partition({ endOffset: undefined });
  const ahead = partition({ partition: 1, storedOffset: 13 });
  const unclaimed = partition({ partition: 2, state: 'claiming', storedOffset: undefined });
  expect(statusLine([answering([unknown, ahead, unclaimed])])).toBe(
    '2 of 3 partitions written, 0 records behind',
  );
});

test('names what is in the way', () => {
  const stopped = partition({ partition: 4, state: 'stopped', reason: 'the topic was made anew' });
  const workers = [answering([stopped], 'Kafka is not polled'), { state: 'silent', pid: 2 } as const];
  expect(statusLine(workers)).toBe(
    '0 of 1 partitions written, 2 records behind; 1 of 2 workers do not answer; ' +
      'Kafka is not polled; partition 4 stopped: the topic was made anew',
  );
});
