import kafka from '@confluentinc/kafka-javascript';
import { ofDebug, ofTrouble, toStandardError } from '../infra/kafka/client-log.ts';
import { connect, discard } from '../infra/kafka/connection.ts';
import { brokersAnswer, brokersSilent, noTopic } from '../infra/kafka/kafka-findings.ts';
import { brokerAddresses, partitionsOf } from '../infra/kafka/metadata.ts';
import {
  couldWork,
  type Finding,
  fail,
  lines,
  ok,
  settingsFinding,
  summary,
} from '../infra/runtime/cli/finding.ts';
import { type ProducerConfig, printable } from './config.ts';
import { producerConfig } from './kafka/librdkafka.ts';

const ANSWER_WITHIN_MS = 5_000;

/** What the brokers say of the topic. */
export type TopicLook =
  | { readonly kind: 'unreachable'; readonly why: string; readonly complaints: readonly string[] }
  | {
      readonly kind: 'reached';
      readonly brokers: readonly string[];
      readonly partitions: readonly { readonly id: number; readonly leader: number }[];
    };

/**
 * Does what `--check` promises: inspects the settings, the brokers and the topic. Resolves with
 * whether the producer could work.
 */
export async function check(config: ProducerConfig, say: (line: string) => void): Promise<boolean> {
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]): void => {
    findings.push(...found);
    for (const line of found.flatMap(lines)) say(line);
  };
  add([settingsFinding(printable(config))]);
  add(judgeTopic(await lookAtTopic(config), config));
  say(summary('producer', findings));
  return couldWork(findings);
}

async function lookAtTopic(config: ProducerConfig): Promise<TopicLook> {
  const { KAFKA_TOPIC: topic } = config;
  const producer = new kafka.Producer(producerConfig(config));
  const complaints: string[] = [];
  producer.on('event.log', ofDebug(toStandardError));
  producer.on(
    'event.log',
    ofTrouble((message) => complaints.push(message)),
  );
  try {
    const metadata = await connect(producer, { topic, timeoutMs: ANSWER_WITHIN_MS });
    discard(producer);
    return {
      kind: 'reached',
      brokers: brokerAddresses(metadata),
      partitions: partitionsOf(metadata, topic),
    };
  } catch (error) {
    return { kind: 'unreachable', why: error instanceof Error ? error.message : String(error), complaints };
  }
}

export function judgeTopic(
  look: TopicLook,
  { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic }: Pick<ProducerConfig, 'KAFKA_BROKERS' | 'KAFKA_TOPIC'>,
): Finding[] {
  if (look.kind === 'unreachable') return [brokersSilent({ ...look, brokers })];
  const { partitions } = look;
  if (partitions.length === 0) return [brokersAnswer(look.brokers), noTopic(topic)];
  return [brokersAnswer(look.brokers), judgePartitions(partitions, topic)];
}

/** Where no broker leads a partition, for now. */
const NOBODY = -1;

function judgePartitions(
  partitions: readonly { readonly id: number; readonly leader: number }[],
  topic: string,
): Finding {
  const { length } = partitions;
  const without = partitions.filter(({ leader }) => leader === NOBODY).map(({ id }) => id);
  if (without.length === 0) {
    return ok('topic', `${topic}: ${length} partition${length === 1 ? '' : 's'}, each with a leader`);
  }
  const some = `${without.slice(0, 5).join(', ')}${without.length > 5 ? ', ...' : ''}`;
  const says = `${topic}: ${without.length} of ${length} partitions have no leader: ${some}`;
  return fail(
    'topic',
    says,
    'events of their users cannot be stored: are all brokers of the cluster running?',
  );
}
