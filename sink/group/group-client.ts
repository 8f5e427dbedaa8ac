import kafka, {
  type Assignment,
  type KafkaConsumer,
  type LibrdKafkaError,
} from '@confluentinc/kafka-javascript';
import { askCommitted } from '../../infra/kafka/offsets.ts';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';

/** The part of the client's API that its types leave out. */
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
  /** Static membership, where there is one. */
  readonly instanceId: string | undefined;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
}

/** Longest time between two polls before the group gives our partitions away, ms; librdkafka's default, said aloud. */
export const MAX_POLL_INTERVAL_MS = 300_000;

/** Properties that exactly-once hangs on, each with what to do instead of setting it. */
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
  'enable.partition.eof': 'the sink has no use for it',
  'test.mock.num.brokers': 'it is no broker; set KAFKA_BROKERS',
  rebalance_cb: 'it is the sink itself',
  offset_commit_cb: 'it is the sink itself',
};

/**
 * A group member that is not connected yet. Offsets are explicit throughout: a partition starts where HDFS ends, and
 * only where Kafka has dropped that offset does the log's start take over (the session notices and counts it).
 */
export function newGroupClient(options: MembershipOptions, onRebalance: RebalanceCallback): GroupClient {
  const client = new kafka.KafkaConsumer(
    {
      // Reconnects stay prompt, and what is fetched ahead stays small beside the sink's own buffers.
      'reconnect.backoff.max.ms': 1_000,
      'queued.max.messages.kbytes': 16_384,
      ...options.config,
      'metadata.broker.list': options.brokers,
      'group.id': options.group,
      ...(options.instanceId === undefined ? {} : { 'group.instance.id': options.instanceId }),
      'session.timeout.ms': options.sessionTimeoutMs,
      // Members hear of a rebalance by their next heartbeat, twice for a partition that moves.
      'heartbeat.interval.ms': Math.min(1_000, Math.floor(options.sessionTimeoutMs / 3)),
      'max.poll.interval.ms': MAX_POLL_INTERVAL_MS,
      'partition.assignment.strategy': 'cooperative-sticky',
      'enable.auto.commit': false,
      rebalance_cb: onRebalance,
    },
    { 'auto.offset.reset': 'earliest' },
  );
  return client as GroupClient;
}

/**
 * Waits until the coordinator has answered every earlier request of this member, or for `timeoutMs`. The member
 * calls this between its last revoke and `disconnect`. librdkafka 2.15 forgets to leave the group when
 * it is closed while a revoke's commit is under way (`rd_kafka_cgrp_incr_unassign_done`). The other
 * members then wait a whole session time-out. The coordinator answers in turn, so its answer to one
 * more question comes after its answer to the commit.
 */
export function waitForCoordinator(client: GroupClient, topic: string, timeoutMs: number): Promise<void> {
  return askCommitted(client, { topic, partition: 0, timeoutMs }).catch(() => undefined);
}
