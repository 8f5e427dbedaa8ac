import { askUntil } from '../../infra/kafka/ask-until.ts';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { brokerAddresses, partitionsOf } from '../../infra/kafka/metadata.ts';
import { askCommitted, type OffsetRange } from '../../infra/kafka/offsets.ts';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';
import { type GroupClient, newGroupClient } from '../group/group-client.ts';
import { Watermarks } from '../group/watermarks.ts';

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
/** With many partitions and no leader, the check leaves the remaining partitions out. */
const ALL_WITHIN_MS = 20_000;
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
  client.on('event.log', ({ message }: { message: string }) => complaints.add(message));
  try {
    return await ask(client, settings.KAFKA_TOPIC);
  } catch (error) {
    return { kind: 'unreachable', why: messageOf(error), complaints: [...complaints] };
  } finally {
    await disconnect(client, ANSWER_WITHIN_MS);
  }
}

async function ask(client: GroupClient, topic: string): Promise<TopicInspection> {
  const metadata = await connect(client, { topic, timeoutMs: ANSWER_WITHIN_MS });
  const ids = partitionsOf(metadata, topic).map(({ id }) => id);
  return {
    kind: 'reached',
    brokers: brokerAddresses(metadata),
    partitions: await inspectPartitions(client, topic, ids),
    groupFailure: ids.length === 0 ? undefined : await askGroup(client, topic),
  };
}

async function inspectPartitions(
  client: GroupClient,
  topic: string,
  partitions: readonly number[],
): Promise<PartitionInspection[]> {
  const watermarks = new Watermarks(topic);
  const begunMs = performance.now();
  const inspections: PartitionInspection[] = [];
  for (const partition of partitions) {
    const isLate = performance.now() > begunMs + ALL_WITHIN_MS;
    const range = isLate
      ? 'not asked: too late'
      : await askUntil(() => watermarks.ask(client, partition), begunMs + LEADERS_WITHIN_MS).catch(messageOf);
    inspections.push({ partition, range });
  }
  return inspections;
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
