import kafka, { type Assignment, type LibrdKafkaError } from '@confluentinc/kafka-javascript';
import type { GroupClient } from './group-client.ts';

/**
 * A change that the group makes to this member's assignment. A lost partition is not a revoked one.
 */
export interface Rebalance {
  readonly kind: 'assigned' | 'revoked' | 'lost';
  readonly partitions: readonly number[];
}

/** Reads what librdkafka tells its rebalance callback. */
export function rebalanceOf(
  client: GroupClient,
  error: LibrdKafkaError,
  assignments: readonly Assignment[],
): Rebalance {
  const partitions = assignments.map((assignment) => assignment.partition);
  if (error.code === kafka.CODES.ERRORS.ERR__ASSIGN_PARTITIONS) return { kind: 'assigned', partitions };
  return { kind: client.assignmentLost() ? 'lost' : 'revoked', partitions };
}
