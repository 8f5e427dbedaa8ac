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
 * with the ledger's last line. A jump in the offsets is inspected before any line beyond it is
 * written.
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
  /** The first jump in the offsets received, until it is inspected. */
  #jump: Gap | undefined;
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

  /** Whether `inspectJump` has to come before the next `take`. */
  get hasJump(): boolean {
    return this.#jump !== undefined;
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

  /**
   * Asks Kafka whether it dropped the records before the jump. Transactions and compaction make
   * offsets jump too, and lose nothing.
   *
   * @throws {LedgerError} when Kafka dropped records, and a gap is to stop the partition
   */
  async inspectJump(): Promise<void> {
    const { feed, log } = this.#context;
    const jump = this.#jump;
    if (!jump) return;
    const { low } = await feed.topic.watermarks(this.#partition);
    this.#jump = undefined;
    if (low > jump.from) reportGap(jump, this.#context);
    else log.warn(jump, 'Kafka has no record at these offsets');
  }

  #add(record: TopicRecord): void {
    const { metrics, limits, feed } = this.#context;
    const partition = this.#partition;
    this.#unverified = undefined;
    if (record.offset > this.#next) {
      metrics.skippedOffsets.inc({ partition }, record.offset - this.#next);
      this.#jump ??= { from: this.#next, to: record.offset };
    }
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
