import type { MetricObject } from 'prom-client';
import type { Report } from '../../infra/runtime/worker-channel.ts';
import type { WorkerHealth as Health } from '../../infra/runtime/worker-process.ts';
import { lastingTransaction, type PartitionEnd } from '../group/partition-end.ts';

/** The state of one partition as metrics, health reports and the status line show it. */
export interface PartitionReport {
  readonly partition: number;
  readonly state: string;
  /** Why the partition is not written, or not read to its end; undefined when nothing is wrong. */
  readonly reason: string | undefined;
  /** The offset after the last durable line; undefined until the first claim. */
  readonly durableOffset: number | undefined;
  /**
   * The offset before which everything that can be read is durable. Offsets without a record may
   * follow the last line: the ends of transactions, and aborted ones.
   */
  readonly storedOffset: number | undefined;
  /** The end of what can be read, as last heard of; undefined until a broker told it. */
  readonly endOffset: number | undefined;
  /** Offsets beyond that end, which an open transaction hides; undefined as for `endOffset`. */
  readonly hiddenOffsets: number | undefined;
  /** Bytes read from Kafka but not durable yet. */
  readonly bufferedBytes: number;
}

/** What the report needs of a partition's writer. */
interface WriterStatus {
  readonly partition: number;
  readonly state: { readonly name: string; readonly reason?: string };
  readonly durable: number | undefined;
  readonly stored: number | undefined;
  readonly bufferedBytes: number;
}

export function reportOf(writer: WriterStatus, end: PartitionEnd | undefined): PartitionReport {
  const { partition, state, durable, stored, bufferedBytes } = writer;
  return {
    partition,
    state: state.name,
    reason: state.reason ?? reasonIn(end),
    durableOffset: durable,
    storedOffset: stored,
    ...endOf(end),
    bufferedBytes,
  };
}

/** The state of a partition without a reader. */
export const UNREAD = 'unread';

/** The report of a partition that the group has given to nobody yet: nothing of it is stored. */
export function unreadReport(partition: number, end: PartitionEnd | undefined): PartitionReport {
  return {
    partition,
    state: UNREAD,
    reason: 'the group has not given it to a member yet',
    durableOffset: undefined,
    storedOffset: end?.low,
    ...endOf(end),
    bufferedBytes: 0,
  };
}

const endOf = (end: PartitionEnd | undefined) => ({
  endOffset: end?.high,
  hiddenOffsets: end && end.end - end.high,
});

function reasonIn(end: PartitionEnd | undefined): string | undefined {
  const transaction = end && lastingTransaction(end);
  return transaction && `an open transaction hides the offsets from ${transaction.from} on from every reader`;
}

/** A worker's answer to its supervisor's question. */
export interface WorkerReport extends Report {
  /** Whether the worker is a member of the group and knows its partitions. */
  readonly joined: boolean;
  readonly partitions: readonly PartitionReport[];
  readonly metrics: readonly MetricObject[];
}

export type WorkerHealth = Health<WorkerReport>;

/**
 * Offsets that can be read and are not durable yet; undefined when either end is unknown. It is 0
 * when everything that can be read is durable.
 */
export function lagOf({
  endOffset,
  storedOffset,
}: Pick<PartitionReport, 'endOffset' | 'storedOffset'>): number | undefined {
  if (endOffset === undefined || storedOffset === undefined) return undefined;
  return Math.max(0, endOffset - storedOffset);
}
