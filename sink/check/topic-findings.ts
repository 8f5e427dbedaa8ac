import { brokersAnswer, brokersSilent, noTopic } from '../../infra/kafka/kafka-findings.ts';
import { type Finding, fail, ok, warn } from '../../infra/runtime/finding.ts';
import type { PartitionLook, TopicLook } from './topic-inspection.ts';

interface Settings {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_TOPIC: string;
  readonly KAFKA_GROUP: string;
  readonly SINK_WORKERS: number;
}

export function judgeTopic(look: TopicLook, settings: Settings): Finding[] {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = settings;
  if (look.kind === 'unreachable') return [brokersSilent({ ...look, brokers })];
  if (look.partitions.length === 0) return [brokersAnswer(look.brokers), noTopic(topic)];
  return [
    brokersAnswer(look.brokers),
    judgePartitions(look.partitions, topic),
    ...judgeWorkers(look.partitions.length, settings),
    judgeGroup(look.groupFailure, settings),
  ];
}

function judgeGroup(failure: string | undefined, { KAFKA_GROUP: group }: Settings): Finding {
  if (failure === undefined) return ok('group', `${group}: its coordinator answers`);
  const advice =
    'the user of KAFKA_CONFIG needs the right to read this group, and the brokers a leader for __consumer_offsets';
  return fail('group', `${group}: ${failure}`, advice);
}

function judgePartitions(partitions: readonly PartitionLook[], topic: string): Finding {
  const silent = partitions.flatMap(({ partition, range }) =>
    typeof range === 'string' ? [`${partition} (${range})`] : [],
  );
  if (silent.length > 0) {
    return fail(
      'topic',
      `${topic}: partitions that cannot be read: ${silent.slice(0, 5).join(', ')}${silent.length > 5 ? ', ...' : ''}`,
      'they need a leader among the brokers, and the user of KAFKA_CONFIG the right to read the topic',
    );
  }
  const records = partitions.reduce(
    (sum, { range }) => sum + (typeof range === 'string' ? 0 : range.high - range.low),
    0,
  );
  return ok('topic', `${topic}: ${count(partitions.length, 'partition')}, ${count(records, 'offset')}`);
}

function judgeWorkers(partitions: number, { SINK_WORKERS: workers }: Settings): Finding[] {
  if (workers <= partitions) return [];
  const says = `${workers} workers, but ${count(partitions, 'partition')}: the others are idle`;
  return [warn('workers', says, 'lower SINK_WORKERS, or give the topic more partitions')];
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
