import { describe, expect, test } from 'vitest';
import { judgeTopic, type TopicLook } from '../../../producer/check.ts';

const settings = { KAFKA_BROKERS: 'b:9092', KAFKA_TOPIC: 't' };
const reached = (leaders: readonly number[]): TopicLook => ({
  kind: 'reached',
  brokers: ['b:9092'],
  partitions: leaders.map((leader, id) => ({ id, leader })),
});

describe("the producer's topic", () => {
  test('all of whose partitions have a leader is right', () => {
    expect(judgeTopic(reached([1, 2]), settings)).toEqual([
      { level: 'ok', subject: 'brokers', says: 'b:9092 answer' },
      { level: 'ok', subject: 'topic', says: 't: 2 partitions, each with a leader' },
    ]);
  });

  test.each([
    ['that is not there', reached([]), 'topic', 'set KAFKA_TOPIC'],
    ['with a partition nobody leads', reached([1, -1]), 'topic', 'all brokers of the cluster'],
    [
      'behind brokers that do not answer',
      { kind: 'unreachable', why: 'down', complaints: ['[thrd:x]: b:9092: Connection refused (after 0ms)'] },
      'brokers',
      'b:9092: Connection refused\nis Kafka running',
    ],
  ] satisfies [string, TopicLook, string, string][])(
    '%s fails, with what to do about it',
    (_, look, subject, more) => {
      const failed = judgeTopic(look, settings).filter(({ level }) => level === 'fail');
      expect(failed).toEqual([expect.objectContaining({ subject, more: expect.stringContaining(more) })]);
    },
  );
});
