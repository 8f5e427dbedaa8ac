import type { Logger } from 'pino';
import type { Feed } from '../group/feed.ts';
import { LedgerError } from '../ledger/errors.ts';
import { hourOf } from '../ledger/layout.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { encodeLine, lineBytes, type TopicRecord, writeLine } from '../ledger/line.ts';
import type { SinkMetrics } from '../operations/metrics.ts';
import { type Batch, LineBuffer } from './buffer.ts';
import type { WaitingLines } from './next-step.ts';

export interface IntakeContext {
  readonly feed: Feed;
  /** What to do where Kafka dropped records before they were stored. */
  readonly onGap: 'continue' | 'stop';
  readonly limits: BufferLimits;
  readonly metrics: SinkMetrics;
  readonly log: Logger;
}

export interface BufferLimits {
  /** Above this many bytes read but not durable the partition is paused in Kafka. */
  readonly highBytes: number;
  /** At or below it is read again. */
  readonly lowBytes: number;
}

/**
 * What a session has received and not yet made durable. It owns the lines and their order: each record follows the one
 * before it, the first of all is held against the ledger, and a jump is looked into before anything beyond it is
 * written.
 */
export class Intake {
  readonly #context: IntakeContext;
  readonly #partition: number;
  readonly #buffer = new LineBuffer();
  /** The offset after the last line received. */
  #next: number;
  /** The hour of the line received last; it never goes back. */
  #hour: number;
  /** The last stored line, until Kafka's record at its offset has been held against it. */
  #unverified: Buffer | undefined;
  /** The first jump in the offsets received that nobody has looked at yet. */
  #jump: { readonly from: number; readonly to: number } | undefined;
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

  /** Whether `judgeJump` has to be asked before anything is taken. */
  get jumped(): boolean {
    return this.#jump !== undefined;
  }

  /** @throws {LedgerError} where the topic is not the one that was stored so far; any other error to claim again */
  receive(record: TopicRecord): void {
    if (record.offset >= this.#next) this.#add(record);
    else this.#verify(record);
  }

  take(maxBytes: number): Batch | undefined {
    return this.#buffer.take(maxBytes);
  }

  /** The batch is durable. */
  settle(batch: Batch): void {
    this.#buffer.settle(batch);
  }

  /** Reads on where there is room again. */
  resumeIfLow(): void {
    const { limits, feed } = this.#context;
    if (!this.#paused || this.#buffer.bytes > limits.lowBytes) return;
    this.#paused = false;
    feed.partitions.resume(this.#partition);
  }

  /**
   * Offsets may jump because of transactions or compaction. Before anything beyond the jump is written Kafka is asked
   * whether it dropped what lies before.
   *
   * @throws {LedgerError} where it did, and a gap is to stop the partition
   */
  async judgeJump(): Promise<void> {
    const { feed, log, onGap } = this.#context;
    const jump = this.#jump;
    if (!jump) return;
    const { low } = await feed.topic.watermarks(this.#partition);
    this.#jump = undefined;
    if (low <= jump.from) {
      log.warn(jump, 'Kafka has no record at these offsets');
      return;
    }
    log.error({ ...jump, low }, 'Kafka dropped records before they were stored');
    if (onGap === 'stop') {
      throw new LedgerError(`Kafka dropped offsets ${jump.from} to ${jump.to - 1} before they were stored`);
    }
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
   * Reading begins at the last stored record, so that a topic made anew is noticed before a line is written. If Kafka
   * goes back later on, the next claim looks at that record again.
   */
  #verify(record: TopicRecord): void {
    const stored = this.#unverified;
    this.#unverified = undefined;
    if (!stored || record.offset !== this.#next - 1) {
      throw new Error(`Kafka went back from offset ${this.#next} to ${record.offset}`);
    }
    const line = encodeLine(record);
    const bytes = Buffer.allocUnsafe(lineBytes(line));
    writeLine(line, bytes, 0);
    if (bytes.equals(stored)) return;
    throw new LedgerError(
      `Kafka's record at offset ${record.offset} is not the line stored for it: the topic was made anew; ` +
        'give the new one another name or another HDFS_DIR',
    );
  }
}

/** Kafka's, as far as it can be true: one clock that runs ahead must not move all that follows into its hour. */
function timestampOf({ timestamp }: TopicRecord, nowMs: number): number {
  return timestamp !== undefined && timestamp >= 0 ? Math.min(timestamp, nowMs) : nowMs;
}
