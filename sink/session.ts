import type { Logger } from 'pino';
import { LineBuffer } from './buffer.ts';
import { LedgerError, StoreError } from './errors.ts';
import type { Feed } from './feed.ts';
import type { CurrentSegment, Ledger } from './ledger.ts';
import { encodeLine, lineBytes, type TopicRecord, writeLine } from './line.ts';
import type { SinkMetrics } from './metrics.ts';
import { nextStep, type Schedule, type Step } from './next-step.ts';
import { hourOf } from './segment.ts';
import type { FinishedSegment, Store } from './store.ts';

/** How much a partition may hold, and when it writes. */
export interface WriterLimits extends Schedule {
  /** Above this many bytes read but not durable the partition is paused in Kafka. */
  readonly highBytes: number;
  /** At or below it is read again. */
  readonly lowBytes: number;
  /** The most one append carries. */
  readonly appendBytes: number;
}

export interface SessionContext {
  readonly store: Store;
  /** What to do where Kafka dropped records before they were stored. */
  readonly onGap: 'continue' | 'stop';
  readonly feed: Feed;
  readonly limits: WriterLimits;
  readonly metrics: SinkMetrics;
  readonly log: Logger;
}

/** A publish that failed is asked for again after this long; appends go on meanwhile. */
const PUBLISH_AGAIN_MS = 10_000;

/**
 * One partition from one claim until the next. It owns the claim's token, the buffer and the segment that is
 * appended to, and does one changing request at a time, so that a claim never has more than one to settle.
 *
 * `run` takes steps until it has drained or was closed, and rejects at the first changing request that has no clean
 * success: whether that one was applied, only a new claim can say, so the session is over and its buffer with it.
 * Kafka has the records still.
 */
export class Session {
  readonly #context: SessionContext;
  readonly #claim: Ledger['claim'];
  readonly #buffer = new LineBuffer();
  readonly #finished: FinishedSegment[];
  #current: CurrentSegment;
  /** The offset after the last line received. */
  #next: number;
  /** The offset after the last durable line. */
  #durable: number;
  /** The hour of the line received last; it never goes back. */
  #hour: number;
  /** The last stored line, until Kafka's record at its offset has been held against it. */
  #unverified: Buffer | undefined;
  /** The first jump in the offsets received that nobody has looked at yet. */
  #jump: { readonly from: number; readonly to: number } | undefined;
  #publishAtMs: number;
  #mode: 'open' | 'draining' | 'closed' = 'open';
  #paused = false;
  #fault: unknown;
  #wake: () => void = () => {};

  /** @param publishAtMs not before then, by `performance.now()`: after a publish failed, appends get their turn */
  constructor(context: SessionContext, ledger: Ledger, publishAtMs = 0) {
    this.#context = context;
    this.#publishAtMs = publishAtMs;
    this.#claim = ledger.claim;
    this.#finished = [...ledger.finished];
    this.#current = onMonotonicClock(ledger.current);
    this.#next = ledger.next;
    this.#durable = ledger.next;
    this.#hour = ledger.current.content?.hour ?? ledger.finished.at(-1)?.hour ?? 0;
    this.#unverified = ledger.lastLine;
  }

  get durable(): number {
    return this.#durable;
  }

  get publishAtMs(): number {
    return this.#publishAtMs;
  }

  get bufferedBytes(): number {
    return this.#buffer.bytes;
  }

  /** Takes a record from Kafka. What comes while draining is left to the partition's next owner. */
  receive(record: TopicRecord): void {
    if (this.#mode !== 'open' || this.#fault !== undefined) return;
    try {
      if (record.offset >= this.#next) this.#add(record);
      else this.#verify(record);
    } catch (error) {
      this.#fault = error;
    }
    this.#wake();
  }

  /** Everything received becomes durable, then `run` resolves. */
  drain(): void {
    if (this.#mode === 'open') this.#mode = 'draining';
    this.#wake();
  }

  /** Nothing is begun from now on. What is under way has no one to report to. */
  close(): void {
    this.#mode = 'closed';
    this.#wake();
  }

  /**
   * @throws {StoreError} to claim again
   * @throws {LedgerError} to stop
   */
  async run(): Promise<void> {
    while (this.#mode !== 'closed') {
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#jump) {
        await this.#judge(this.#jump);
        continue;
      }
      const step = nextStep(this.#situation(), this.#context.limits);
      if (step.do === 'finish') return;
      await this.#take(step);
    }
  }

  #situation() {
    const { sinceMs, hour, count, bytes } = this.#buffer;
    const full = bytes > this.#context.limits.highBytes;
    return {
      nowMs: performance.now(),
      draining: this.#mode === 'draining',
      waiting: sinceMs === undefined || hour === undefined ? undefined : { count, sinceMs, hour, full },
      current: this.#current,
      publishAtMs: this.#finished.length > 0 ? this.#publishAtMs : undefined,
    };
  }

  async #take(step: Exclude<Step, { do: 'finish' }>): Promise<void> {
    switch (step.do) {
      case 'publish':
        return this.#publish();
      case 'roll':
        return this.#roll();
      case 'append':
        return this.#append();
      case 'wait':
        return this.#wait(step.untilMs);
    }
  }

  async #append(): Promise<void> {
    const { store, limits, metrics, log } = this.#context;
    const batch = this.#buffer.take(limits.appendBytes);
    if (!batch) return;
    const begunMs = performance.now();
    await store.append(this.#claim, this.#current.first, batch.chunks);
    const { bytes, last, hour } = batch;
    this.#buffer.settle(batch);
    this.#durable = last + 1;
    const sinceMs = this.#current.content?.sinceMs ?? performance.now();
    this.#current = {
      first: this.#current.first,
      bytes: this.#current.bytes + bytes,
      content: { hour, sinceMs, last },
    };
    const tookMs = performance.now() - begunMs;
    log.debug({ segment: this.#current.first, count: batch.count, bytes, last, tookMs }, 'appended');
    metrics.appendSeconds.observe(tookMs / 1000);
    metrics.lines.inc({ partition: this.#claim.partition }, batch.count);
    metrics.bytes.inc({ partition: this.#claim.partition }, bytes);
    if (this.#mode === 'closed') return;
    this.#context.feed.durable(this.#claim.partition, this.#durable);
    this.#resumeIfLow();
  }

  /** The next segment comes first, so that the position is never without one; then the full one may go. */
  async #roll(): Promise<void> {
    const { first, content } = this.#current;
    if (!content) return;
    await this.#context.store.create(this.#claim, this.#durable);
    this.#current = { first: this.#durable, bytes: 0 };
    this.#finished.push({ first, last: content.last, hour: content.hour });
  }

  async #publish(): Promise<void> {
    const segment = this.#finished[0];
    if (!segment) return;
    try {
      await this.#context.store.publish(this.#claim, segment);
    } catch (error) {
      return this.#publishFailed(error, segment);
    }
    this.#finished.shift();
    this.#context.metrics.published.inc({ partition: this.#claim.partition });
    this.#context.log.info({ segment }, 'segment published');
  }

  #publishFailed(error: unknown, segment: FinishedSegment): void {
    if (!(error instanceof StoreError)) throw error;
    this.#publishAtMs = performance.now() + PUBLISH_AGAIN_MS;
    if (error.kind === 'exists') {
      throw new LedgerError(`a file of the name of segment ${segment.first} is published already`, {
        cause: error,
      });
    }
    if (error.kind !== 'refused') throw error;
    this.#context.log.error({ err: error, segment }, 'segment not published; it waits, appends go on');
  }

  #wait(untilMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      // A timer of more than 2^31 ms would fire at once; waking early only means to decide again.
      const pauseMs = Math.min(
        Math.max(0, (untilMs ?? Number.POSITIVE_INFINITY) - performance.now()),
        60_000,
      );
      const timer = setTimeout(() => this.#wake(), pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }

  #add(record: TopicRecord): void {
    const { partition } = this.#claim;
    const { metrics, limits, feed } = this.#context;
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
      feed.pause(partition);
    }
  }

  /**
   * Offsets may jump because of transactions or compaction. Before anything beyond the jump is written Kafka is asked
   * whether it dropped what lies before.
   */
  async #judge(jump: { readonly from: number; readonly to: number }): Promise<void> {
    const { feed, log, onGap } = this.#context;
    const { low } = await feed.watermarks(this.#claim.partition);
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

  #resumeIfLow(): void {
    if (!this.#paused || this.#buffer.bytes > this.#context.limits.lowBytes) return;
    this.#paused = false;
    this.#context.feed.resume(this.#claim.partition);
  }
}

/** Kafka's, as far as it can be true: one clock that runs ahead must not move all that follows into its hour. */
function timestampOf({ timestamp }: TopicRecord, nowMs: number): number {
  return timestamp !== undefined && timestamp >= 0 ? Math.min(timestamp, nowMs) : nowMs;
}

/** A claim knows since when by the wall clock; from then on no clock may be set back. */
function onMonotonicClock(segment: CurrentSegment): CurrentSegment {
  if (!segment.content) return segment;
  const ageMs = Date.now() - segment.content.sinceMs;
  return { ...segment, content: { ...segment.content, sinceMs: performance.now() - ageMs } };
}
