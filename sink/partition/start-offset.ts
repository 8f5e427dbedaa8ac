import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { compareWithTopic } from '../ledger/recovery.ts';
import { type GapPolicy, reportGap } from './gap.ts';

/**
 * The offset to read a claimed partition from. While Kafka has the last stored record, the session
 * reads that record again and compares it with the stored line.
 *
 * @throws {LedgerError} when the topic was made anew, or when a gap is to stop the partition
 */
export function startOffset(
  { next, lastLine }: Pick<Ledger, 'next' | 'lastLine'>,
  watermarks: OffsetRange,
  policy: GapPolicy,
): number {
  switch (compareWithTopic(next, watermarks).kind) {
    case 'beyond-end':
      throw new LedgerError(
        `HDFS has everything before offset ${next}, but the topic ends at ${watermarks.high}: it was made anew; ` +
          'give the new one another name or another HDFS_DIR',
      );
    case 'gap':
      reportGap({ from: next, to: watermarks.low }, policy);
      return watermarks.low;
    case 'fits':
      return lastLine && next - 1 >= watermarks.low ? next - 1 : next;
  }
}
