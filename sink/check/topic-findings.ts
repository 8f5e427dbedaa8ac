import { brokersAnswer, brokersSilent, noTopic } from '../../infra/kafka/kafka-findings.ts';
import { type Finding, fail, ok, warn } from '../../infra/runtime/cli/finding.ts';
import type { PartitionInspection, TopicInspection } from './topic-inspection.ts';

interface Settings {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_TOPIC: string;
  readonly KAFKA_GROUP: string;
  readonly SINK_WORKERS: number;
}

const SHOWN_PARTITIONS = 5;

export function assessTopic(inspection: TopicInspection, settings: Settings): Finding[] {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = settings;
  if (inspection.kind === 'unreachable') return [brokersSilent({ ...inspection, brokers })];
  const { partitions, groupFailure } = inspection;
  const answer = brokersAnswer(inspection.brokers);
  if (partitions.length === 0) return [answer, noTopic(topic)];
  return [
    answer,
    assessPartitions(partitions, topic),
    ...assessWorkers(partitions.length, settings),
    assessGroup(groupFailure, settings),
  ];
}

function assessGroup(failure: string | undefined, { KAFKA_GROUP: group }: Settings): Finding {
  if (failure === undefined) return ok('group', `${group}: its coordinator answers`);
  const advice =
    'the user of KAFKA_CONFIG needs the right to read this group, and the brokers a leader for __consumer_offsets';
  return fail('group', `${group}: ${failure}`, advice);
}

function assessPartitions(partitions: readonly PartitionInspection[], topic: string): Finding {
  const silent = partitions.flatMap(({ partition, range }) =>
    typeof range === 'string' ? [`${partition} (${range})`] : [],
  );
  if (silent.length > 0) {
    const shown = silent.slice(0, SHOWN_PARTITIONS).join(', ');
    const more = silent.length > SHOWN_PARTITIONS ? ', ...' : '';
    return fail(
      'topic',
      `${topic}: partitions that cannot be read: ${shown}${more}`,
      'they need a leader among the brokers, and the user of KAFKA_CONFIG the right to read the topic',
    );
  }
  const records = partitions.reduce(
    (sum, { range }) => sum + (typeof range === 'string' ? 0 : range.high - range.low),
    0,
  );
  return ok('topic', `${topic}: ${countOf(partitions.length, 'partition')}, ${countOf(records, 'offset')}`);
}

function assessWorkers(partitions: number, { SINK_WORKERS: workers }: Settings): Finding[] {
  if (workers <= partitions) return [];
  const says = `${workers} workers, but ${countOf(partitions, 'partition')}: the others are idle`;
  return [warn('workers', says, 'lower SINK_WORKERS, or give the topic more partitions')];
}

const countOf = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
