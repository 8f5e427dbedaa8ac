import type { OffsetBounds } from '../../infra/kafka/offsets.ts';

/** What is known of the end of a partition. */
export interface PartitionEnd extends OffsetBounds {
  /** When it was asked for. */
  readonly askedAtMs: number;
  /** Since when no answer differed in `high`, by `performance.now()`. */
  readonly sinceMs: number;
}

/** A transaction that lasts: until it ends, nobody may read its records or any later one. */
export interface OpenTransaction {
  /** The first offset that it hides. */
  readonly from: number;
  /** The offset after the last record that it hides. */
  readonly to: number;
}

/** Longer than a transaction of a stream processor that commits every few seconds. */
const LASTING_MS = 30_000;

export function laterEnd(known: PartitionEnd | undefined, bounds: OffsetBounds, nowMs: number): PartitionEnd {
  const isSame = known?.high === bounds.high && known.end > known.high;
  return { ...bounds, askedAtMs: nowMs, sinceMs: isSame ? known.sinceMs : nowMs };
}

/** The transaction that has held readers up for long; undefined where there is none. */
export function lastingTransaction({
  high,
  end,
  askedAtMs,
  sinceMs,
}: PartitionEnd): OpenTransaction | undefined {
  if (end <= high || askedAtMs - sinceMs < LASTING_MS) return undefined;
  return { from: high, to: end };
}
