import { askUntil } from '../../infra/kafka/ask-until.ts';
import { ofDebug, ofTrouble, toStandardError } from '../../infra/kafka/client-log.ts';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { brokerAddresses, partitionsOf } from '../../infra/kafka/metadata.ts';
import { askCommitted, type OffsetRange } from '../../infra/kafka/offsets.ts';
import { TopicQuestions } from '../../infra/kafka/topic-questions.ts';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';
import { type GroupClient, newGroupClient } from '../group/group-client.ts';

/** The topic and the group, as the brokers know them. */
export type TopicInspection =
  | {
      readonly kind: 'unreachable';
      readonly why: string;
      /**
       * The lines that librdkafka logged meanwhile. They name the cause, which the error does not.
       */
      readonly complaints: readonly string[];
    }
  | {
      readonly kind: 'reached';
      readonly brokers: readonly string[];
      readonly partitions: readonly PartitionInspection[];
      /** Why the group's coordinator did not answer; undefined where it did. */
      readonly groupFailure: string | undefined;
    };

export interface PartitionInspection {
  readonly partition: number;
  /** The first offset and the end of the partition, or why its leader did not tell them. */
  readonly range: OffsetRange | string;
}

/** The settings by which the sink reads the topic. */
export interface TopicSettings {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_TOPIC: string;
  readonly KAFKA_GROUP: string;
  readonly KAFKA_SESSION_TIMEOUT_MS: number;
  readonly KAFKA_CONFIG: Readonly<Record<string, LibrdkafkaValue>>;
}

const ANSWER_WITHIN_MS = 5_000;
const LEADERS_WITHIN_MS = 5_000;
const GROUP_WITHIN_MS = 10_000;

/**
 * Asks the brokers with the settings and the group's name of the sink. The client never subscribes,
 * so the group gets no new member, and it commits nothing.
 */
export async function inspectTopic(settings: TopicSettings): Promise<TopicInspection> {
  const complaints = new Set<string>();
  const client = newGroupClient(
    {
      brokers: settings.KAFKA_BROKERS,
      group: settings.KAFKA_GROUP,
      sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT_MS,
      instanceId: undefined,
      config: settings.KAFKA_CONFIG,
    },
    () => {},
  );
  client.on('event.log', ofDebug(toStandardError));
  client.on(
    'event.log',
    ofTrouble((message) => complaints.add(message)),
  );
  try {
    return await ask(client, settings);
  } catch (error) {
    return { kind: 'unreachable', why: messageOf(error), complaints: [...complaints] };
  } finally {
    await disconnect(client, ANSWER_WITHIN_MS);
  }
}

async function ask(client: GroupClient, settings: TopicSettings): Promise<TopicInspection> {
  const topic = settings.KAFKA_TOPIC;
  const metadata = await connect(client, { topic, timeoutMs: ANSWER_WITHIN_MS });
  const ids = partitionsOf(metadata, topic).map(({ id }) => id);
  return {
    kind: 'reached',
    brokers: brokerAddresses(metadata),
    partitions: await inspectPartitions(settings, ids),
    groupFailure: ids.length === 0 ? undefined : await askGroup(client, topic),
  };
}

/** Asks about all partitions at once, as the sink does. */
async function inspectPartitions(
  { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_CONFIG: config }: TopicSettings,
  partitions: readonly number[],
): Promise<PartitionInspection[]> {
  const questions = new TopicQuestions({ brokers, topic, config, onDebug: toStandardError });
  const untilMs = performance.now() + LEADERS_WITHIN_MS;
  const inspect = async (partition: number): Promise<PartitionInspection> => {
    const range = await askUntil(() => questions.bounds(partition), untilMs).catch(messageOf);
    return { partition, range };
  };
  try {
    await questions.describe().catch(() => undefined);
    return await Promise.all(partitions.map(inspect));
  } finally {
    questions.close();
  }
}

/**
 * Asks for the committed offsets. The answer needs the group's coordinator and the right to read
 * the group, as joining the group does. A cluster that never had a group has no coordinator for
 * seconds.
 */
function askGroup(client: GroupClient, topic: string): Promise<string | undefined> {
  const ask = () => askCommitted(client, { topic, partition: 0, timeoutMs: ANSWER_WITHIN_MS });
  return askUntil(ask, performance.now() + GROUP_WITHIN_MS).then(() => undefined, messageOf);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
