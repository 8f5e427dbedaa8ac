import { askUntil } from '../../infra/kafka/ask-until.ts';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { brokerAddresses, partitionsOf } from '../../infra/kafka/metadata.ts';
import { askCommitted, type OffsetRange } from '../../infra/kafka/offsets.ts';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';
import { type GroupClient, newGroupClient } from '../group/group-client.ts';
import { Watermarks } from '../group/watermarks.ts';

/** What the brokers say of the topic and the group. */
export type TopicLook =
  | {
      readonly kind: 'unreachable';
      readonly why: string;
      /** What librdkafka logged meanwhile: the cause is there, and not in the error. */
      readonly complaints: readonly string[];
    }
  | {
      readonly kind: 'reached';
      readonly brokers: readonly string[];
      readonly partitions: readonly PartitionLook[];
      /** Why the group's coordinator did not answer; undefined where it did. */
      readonly groupFailure: string | undefined;
    };

export interface PartitionLook {
  readonly partition: number;
  /** Where it begins and ends, or why its leader did not say. */
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
/** With many partitions and no leader, what was seen by then has to do. */
const ALL_WITHIN_MS = 20_000;
const LEADERS_WITHIN_MS = 5_000;
const GROUP_WITHIN_MS = 10_000;

/**
 * Asks as the sink would, with its settings and its group's name, but never subscribes: the group has no new member,
 * and nothing is committed.
 */
export async function lookAtTopic(settings: TopicSettings): Promise<TopicLook> {
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

async function ask(client: GroupClient, topic: string): Promise<TopicLook> {
  const metadata = await connect(client, { topic, timeoutMs: ANSWER_WITHIN_MS });
  const ids = partitionsOf(metadata, topic).map(({ id }) => id);
  return {
    kind: 'reached',
    brokers: brokerAddresses(metadata),
    partitions: await lookAtPartitions(client, topic, ids),
    groupFailure: ids.length === 0 ? undefined : await askGroup(client, topic),
  };
}

async function lookAtPartitions(
  client: GroupClient,
  topic: string,
  partitions: readonly number[],
): Promise<PartitionLook[]> {
  const watermarks = new Watermarks(topic);
  const begunMs = performance.now();
  const looks: PartitionLook[] = [];
  for (const partition of partitions) {
    const late = performance.now() > begunMs + ALL_WITHIN_MS;
    const range = late
      ? 'not asked: too late'
      : await askUntil(() => watermarks.ask(client, partition), begunMs + LEADERS_WITHIN_MS).catch(messageOf);
    looks.push({ partition, range });
  }
  return looks;
}

/**
 * Reading the committed offsets needs the coordinator and the right to read the group, as joining it does. A cluster
 * that never had a group has no coordinator for the first seconds.
 */
function askGroup(client: GroupClient, topic: string): Promise<string | undefined> {
  const ask = () => askCommitted(client, { topic, partition: 0, timeoutMs: ANSWER_WITHIN_MS });
  return askUntil(ask, performance.now() + GROUP_WITHIN_MS).then(() => undefined, messageOf);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
