import { describe, expect, test } from 'vitest';
import { latencies } from '../../bench/latency/acked-to-durable.ts';
import { appendsIn } from '../../support/hdfs/logged-append.ts';

const append = (partition: number, first: number, last: number, atMs: number, tookMs = 10) => ({
  partition,
  last,
  count: last - first + 1,
  atMs,
  tookMs,
});

describe('a record is durable', () => {
  test('when the append that carries it was answered, whichever the others of its partition', () => {
    const acks = new Map([[0, new Map([5, 6, 7].map((offset) => [offset, 100]))]]);
    const appends = [append(0, 0, 5, 110), append(0, 6, 6, 125), append(0, 7, 9, 150)];
    expect(latencies(acks, appends)).toEqual([
      { totalMs: 10, waitMs: 0 },
      { totalMs: 25, waitMs: 15 },
      { totalMs: 50, waitMs: 40 },
    ]);
  });

  test('by an append of its own partition, not by one of another with the same offsets', () => {
    const acks = new Map([[1, new Map([[0, 100]])]]);
    expect(latencies(acks, [append(0, 0, 0, 101), append(1, 0, 0, 130)])).toEqual([
      { totalMs: 30, waitMs: 20 },
    ]);
  });

  test('or else it is an error: not durable is not the same as quick', () => {
    const acks = new Map([[0, new Map([[3, 100]])]]);
    expect(() => latencies(acks, [append(0, 0, 2, 110), append(0, 4, 5, 120)])).toThrow('offset 3');
  });
});

describe("the sink's log", () => {
  test('tells of its appends among other lines and half of one', () => {
    const log = [
      '{"level":30,"time":1,"msg":"partition claimed"}',
      '{"level":20,"time":150,"partition":2,"segment":0,"count":3,"bytes":600,"last":7,"tookMs":12.5,"msg":"appended"}',
      '(node:1) Warning: not JSON',
      '{"level":20,"time":151,"partition":2,"seg',
    ].join('\n');
    expect(appendsIn(log)).toEqual([{ partition: 2, last: 7, count: 3, atMs: 150, tookMs: 12.5 }]);
  });
});
