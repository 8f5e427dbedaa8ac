import type { Feed } from '../group/feed.ts';
import { LedgerError } from '../ledger/errors.ts';
import { hourOf } from '../ledger/layout.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { encodeLine, isLineOf, type TopicRecord } from '../ledger/line.ts';
import type { SinkMetrics } from '../operations/metrics.ts';
import { type Batch, LineBuffer } from './buffer.ts';
import { type Gap, type GapPolicy, reportGap } from './gap.ts';
import type { WaitingLines } from './next-step.ts';

export interface IntakeContext extends GapPolicy {
  readonly feed: Feed;
  readonly limits: BufferLimits;
  readonly metrics: SinkMetrics;
}

export interface BufferLimits {
  /** The session pauses the partition in Kafka above this many bytes that are not durable. */
  readonly highBytes: number;
  /** The session resumes the partition at this many bytes or fewer. */
  readonly lowBytes: number;
}

/**
 * The lines that a session has received and not yet made durable. The intake owns the lines and
 * checks their order. Each record must follow the record before it. The first record is compared
 * with the ledger's last line. A jump in the offsets is inspected at once.
 */
export class Intake {
  readonly #context: IntakeContext;
  readonly #partition: number;
  readonly #buffer = new LineBuffer();
  /** The offset after the last line received. */
  #next: number;
  /** The hour of the last line received. It never goes back. */
  #hour: number;
  /** The last stored line, until Kafka's record at its offset is compared with it. */
  #unverified: Buffer | undefined;
  #paused = false;

  constructor(context: IntakeContext, ledger: Ledger) {
    this.#context = context;
    this.#partition = ledger.claim.partition;
    this.#next = ledger.next;
    this.#hour = ledger.current.content?.hour ?? ledger.finished.at(-1)?.hour ?? 0;
    this.#unverified = ledger.lastLine;
  }

  get bytes(): number {
    return this.#buffer.bytes;
  }

  get waiting(): WaitingLines | undefined {
    const { sinceMs, hour, count, bytes } = this.#buffer;
    if (sinceMs === undefined || hour === undefined) return undefined;
    return { count, sinceMs, hour, full: bytes > this.#context.limits.highBytes };
  }

  /** The offset after the last line received. */
  get next(): number {
    return this.#next;
  }

  /**
   * @throws {LedgerError} when the topic is not the topic that was stored so far
   * @throws {Error} to claim again
   */
  receive(record: TopicRecord): void {
    if (record.offset >= this.#next) this.#add(record);
    else this.#verify(record);
  }

  take(maxBytes: number): Batch | undefined {
    return this.#buffer.take(maxBytes);
  }

  /** Frees the memory of a batch that is durable. */
  free(batch: Batch): void {
    this.#buffer.free(batch);
  }

  /** Resumes a paused partition once the buffer is low. */
  resumeIfLow(): void {
    const { limits, feed } = this.#context;
    if (!this.#paused || this.#buffer.bytes > limits.lowBytes) return;
    this.#paused = false;
    feed.partitions.resume(this.#partition);
  }

  #add(record: TopicRecord): void {
    const { metrics, limits, feed } = this.#context;
    const partition = this.#partition;
    this.#unverified = undefined;
    if (record.offset > this.#next) this.#inspectJump({ from: this.#next, to: record.offset });
    const line = encodeLine(record);
    if (line.rejected) metrics.rejected.inc({ partition });
    this.#hour = Math.max(this.#hour, hourOf(timestampOf(record, Date.now())));
    this.#buffer.add(line, record.offset, this.#hour, performance.now());
    this.#next = record.offset + 1;
    if (!this.#paused && this.#buffer.bytes > limits.highBytes) {
      this.#paused = true;
      feed.partitions.pause(partition);
    }
  }

  /**
   * Transactions and compaction make offsets jump too, and lose nothing. Where Kafka dropped
   * records, its log began behind them when it sent the next one. So the intake looks as soon as
   * that record is here: later, Kafka may have dropped what has been read.
   *
   * @throws {LedgerError} when Kafka dropped records, and a gap is to stop the partition
   */
  #inspectJump({ from, to }: Gap): void {
    const { feed, metrics } = this.#context;
    const partition = this.#partition;
    const first = Math.min(feed.topic.firstOffset(partition), to);
    if (first <= from) return;
    metrics.skippedOffsets.inc({ partition }, first - from);
    reportGap({ from, to: first }, this.#context);
  }

  /**
   * Compares the last stored record with the last stored line. Reading begins at that record, so
   * the session notices a topic that was made anew before it writes a line. If Kafka goes back to
   * older offsets later on, the next claim compares again.
   */
  #verify(record: TopicRecord): void {
    const stored = this.#unverified;
    this.#unverified = undefined;
    if (!stored || record.offset !== this.#next - 1) {
      throw new Error(`Kafka went back from offset ${this.#next} to ${record.offset}`);
    }
    if (isLineOf(stored, record)) return;
    throw new LedgerError(
      `Kafka's record at offset ${record.offset} is not the line stored for it: the topic was made anew; ` +
        'give the new one another name or another HDFS_DIR',
    );
  }
}

/**
 * Kafka's timestamp, at most now, ms. The hour never goes back, so a clock that runs ahead would
 * otherwise move every later line into its hour.
 */
function timestampOf({ timestamp }: TopicRecord, nowMs: number): number {
  return timestamp !== undefined && timestamp >= 0 ? Math.min(timestamp, nowMs) : nowMs;
}
