import kafka, {
  type Assignment,
  type KafkaConsumer,
  type LibrdKafkaError,
} from '@confluentinc/kafka-javascript';
import { askCommitted } from '../../infra/kafka/offsets.ts';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';

/** Methods of the client that its types leave out. */
interface Untyped {
  incrementalAssign(partitions: readonly Assignment[]): void;
  incrementalUnassign(partitions: readonly Assignment[]): void;
  assignmentLost(): boolean;
}

export type GroupClient = KafkaConsumer & Untyped;

export type RebalanceCallback = (error: LibrdKafkaError, partitions: readonly Assignment[]) => void;

export interface MembershipOptions {
  readonly brokers: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  /** The id of a static member; undefined for a dynamic one. */
  readonly instanceId: string | undefined;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
}

/**
 * The longest time between two polls before the group gives the member's partitions away, ms. It is
 * librdkafka's default.
 */
export const MAX_POLL_INTERVAL_MS = 300_000;

const METADATA_INTERVAL_MS = 5_000;

/**
 * The properties that the sink sets itself, each with what to do instead. Exactly-once needs them.
 */
export const OWNED_PROPERTIES: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'set KAFKA_BROKERS',
  'metadata.broker.list': 'set KAFKA_BROKERS',
  'group.id': 'set KAFKA_GROUP',
  'group.instance.id': 'set KAFKA_INSTANCE_ID',
  'session.timeout.ms': 'set KAFKA_SESSION_TIMEOUT_MS',
  'heartbeat.interval.ms': 'it follows KAFKA_SESSION_TIMEOUT_MS',
  'group.protocol': 'the sink joins by the classic protocol',
  'partition.assignment.strategy': 'the sink needs cooperative-sticky',
  'max.poll.interval.ms': 'the sink polls all the time',
  'enable.auto.commit': 'the sink commits what is durable',
  'enable.auto.offset.store': 'the sink commits what is durable',
  'auto.offset.reset': 'the sink reads on from what HDFS holds',
  'allow.auto.create.topics': 'a mistyped KAFKA_TOPIC must not become a topic',
  'isolation.level': 'the sink stores what is committed, and nothing of an aborted transaction',
  'enable.partition.eof': 'the sink needs it to know its lag',
  'test.mock.num.brokers': 'it is no broker; set KAFKA_BROKERS',
  rebalance_cb: 'it is the sink itself',
  offset_commit_cb: 'it is the sink itself',
};

/**
 * Makes a group member that is not connected yet. The sink always gives explicit offsets: a
 * partition starts where HDFS ends. Only when Kafka has dropped that offset does
 * `auto.offset.reset` start the partition at the log's first record. The session notices the gap
 * and counts it.
 */
export function newGroupClient(options: MembershipOptions, onRebalance: RebalanceCallback): GroupClient {
  const client = new kafka.KafkaConsumer(
    {
      // The client reconnects promptly, and fetches little ahead beside the sink's own buffers.
      'reconnect.backoff.max.ms': 1_000,
      'queued.max.messages.kbytes': 16_384,
      // Partitions that are added to the topic are noticed as soon. The default is 5 minutes.
      'topic.metadata.refresh.interval.ms': METADATA_INTERVAL_MS,
      ...options.config,
      'metadata.broker.list': options.brokers,
      'group.id': options.group,
      ...(options.instanceId === undefined ? {} : { 'group.instance.id': options.instanceId }),
      'session.timeout.ms': options.sessionTimeoutMs,
      // A member hears of a rebalance by its next heartbeat. A partition that moves takes two
      // rebalances.
      'heartbeat.interval.ms': Math.min(1_000, Math.floor(options.sessionTimeoutMs / 3)),
      'max.poll.interval.ms': MAX_POLL_INTERVAL_MS,
      'partition.assignment.strategy': 'cooperative-sticky',
      'allow.auto.create.topics': false,
      'enable.auto.commit': false,
      'isolation.level': 'read_committed',
      'enable.partition.eof': true,
      rebalance_cb: onRebalance,
    },
    { 'auto.offset.reset': 'earliest' },
  );
  return client as GroupClient;
}

/**
 * Waits until the coordinator has answered every earlier request of this member, or for
 * `timeoutMs`. The member needs this wait between its last revoke and `disconnect`. In version
 * 2.15, librdkafka forgets to leave the group when it is closed while a revoke's commit is under
 * way (`rd_kafka_cgrp_incr_unassign_done`). The other members would then wait a whole session
 * time-out. The coordinator answers in turn, so its answer to one more question comes after its
 * answer to the commit.
 */
export function waitForCoordinator(client: GroupClient, topic: string, timeoutMs: number): Promise<void> {
  return askCommitted(client, { topic, partition: 0, timeoutMs }).catch(() => undefined);
}
