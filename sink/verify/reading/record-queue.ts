import type { TopicRecord } from '../../ledger/line.ts';

/** Records of one partition in the order of their offsets. */
export interface RecordQueue {
  /** The next record, where it has arrived already. */
  readonly head: TopicRecord | undefined;
  /** Removes the head. */
  take(): void;
  /** Waits for the next record and leaves it in the queue. Resolves with undefined at the end. */
  peek(): Promise<TopicRecord | undefined>;
}
