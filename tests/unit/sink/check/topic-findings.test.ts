import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../infra/runtime/cli/finding.ts';
import { assessTopic } from '../../../../sink/check/topic-findings.ts';
import type { TopicInspection } from '../../../../sink/check/topic-inspection.ts';

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const only = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level);

describe('the topic', () => {
  const settings = { KAFKA_BROKERS: 'b:9092', KAFKA_TOPIC: 't', KAFKA_GROUP: 'g', SINK_WORKERS: 2 };
  const reached: TopicInspection = {
    kind: 'reached',
    brokers: ['b:9092'],
    partitions: [0, 1].map((partition) => ({ partition, range: { low: 5, high: 10 } })),
    groupFailure: undefined,
  };

  test('with all its partitions and its group is right', () => {
    const findings = assessTopic(reached, settings);
    expect(levels(findings)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[1]?.says).toBe('t: 2 partitions, 10 offsets');
  });

  test('that is not there, or has a partition nobody leads, or a group nobody may read, fails', () => {
    const silent = { ...reached, partitions: [{ partition: 0, range: 'no leader' }] };
    expect(levels(assessTopic({ ...reached, partitions: [] }, settings))).toContain('fail');
    expect(only(assessTopic(silent, settings), 'fail')[0]?.says).toContain('0 (no leader)');
    expect(only(assessTopic({ ...reached, groupFailure: 'no' }, settings), 'fail')[0]?.subject).toBe('group');
  });

  test('with fewer partitions than workers is worth a warning', () => {
    expect(levels(assessTopic(reached, { ...settings, SINK_WORKERS: 3 }))).toEqual([
      'ok',
      'ok',
      'warn',
      'ok',
    ]);
  });

  test('behind brokers that do not answer fails with what librdkafka said', () => {
    const inspection: TopicInspection = {
      kind: 'unreachable',
      why: 'down',
      complaints: ['Connection refused'],
    };
    expect(assessTopic(inspection, settings)).toEqual([
      expect.objectContaining({ level: 'fail', more: expect.stringContaining('Connection refused') }),
    ]);
  });
});
