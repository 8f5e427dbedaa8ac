import type { Reader } from '../group/feed.ts';
import type { CurrentSegment, Ledger } from '../ledger/ledger.ts';
import type { TopicRecord } from '../ledger/line.ts';
import { Alarm } from './alarm.ts';
import { type BufferLimits, Intake, type IntakeContext } from './intake.ts';
import { nextStep, type Schedule, type Situation, type Step } from './next-step.ts';
import type { PublishBackOff } from './publish-back-off.ts';
import { Publishing, type PublishingContext } from './publishing.ts';

/** How much a partition may buffer, and when it writes. */
export interface WriterLimits extends Schedule, BufferLimits {
  /** The most one append carries, bytes. */
  readonly appendBytes: number;
}

export interface SessionContext extends IntakeContext, PublishingContext {
  readonly limits: WriterLimits;
}

/**
 * One partition from one claim until the next. The session owns the claim's token and the segment
 * that it appends to. It makes one changing request at a time, so the next claim has at most one
 * request to wait for.
 *
 * `run` takes steps until the session is drained or closed. It rejects at the first changing
 * request that has no clean success, because only a new claim can tell whether HDFS applied the
 * request. The session is then over, and so is its buffer: Kafka still has the records.
 */
export class Session implements Reader {
  readonly #context: SessionContext;
  readonly #claim: Ledger['claim'];
  readonly #intake: Intake;
  readonly #publishing: Publishing;
  readonly #alarm = new Alarm();
  #current: CurrentSegment;
  /** The offset after the last durable line. */
  #durable: number;
  /** The offset before which everything that can be read was received. */
  #readTo = 0;
  #steps = 0;
  /** `open` receives and writes, `draining` only writes, `closed` begins nothing. */
  #mode: 'open' | 'draining' | 'closed' = 'open';
  /** The error of a record received, until `run` throws it. */
  #fault: unknown;

  constructor(context: SessionContext, ledger: Ledger, publishBackOff: PublishBackOff) {
    this.#context = context;
    this.#claim = ledger.claim;
    this.#intake = new Intake(context, ledger);
    this.#publishing = new Publishing(context, ledger, publishBackOff);
    this.#current = onMonotonicClock(ledger.current);
    this.#durable = ledger.next;
  }

  get durable(): number {
    return this.#durable;
  }

  /**
   * The offset before which everything that can be read is durable. It is beyond `durable` where
   * the offsets between hold no record: the end of a transaction, or an aborted one.
   */
  get stored(): number {
    return this.#durable < this.#intake.next ? this.#durable : Math.max(this.#durable, this.#readTo);
  }

  /** The number of requests that ended well. */
  get steps(): number {
    return this.#steps;
  }

  get bufferedBytes(): number {
    return this.#intake.bytes;
  }

  /**
   * Takes a record from Kafka. A draining session leaves the record to the partition's next owner.
   */
  receive(record: TopicRecord): void {
    if (this.#mode !== 'open' || this.#fault !== undefined) return;
    try {
      this.#intake.receive(record);
    } catch (error) {
      this.#fault = error;
    }
    this.#alarm.wake();
  }

  /** Takes note that Kafka has no further record before this offset. */
  reachedEnd(offset: number): void {
    // Of a batch with a fault, not every record before the end was received.
    if (this.#mode !== 'open' || this.#fault !== undefined) return;
    this.#readTo = Math.max(this.#readTo, offset);
    if (this.stored > this.#durable) this.#noteStored();
  }

  /** Makes durable everything received. Then `run` resolves. */
  drain(): void {
    if (this.#mode === 'open') this.#mode = 'draining';
    this.#alarm.wake();
  }

  /** Begins nothing from now on. A request that is under way reports to nobody. */
  close(): void {
    this.#mode = 'closed';
    this.#alarm.wake();
  }

  /**
   * @throws {StoreError} to claim again
   * @throws {LedgerError} to stop the partition
   */
  async run(): Promise<void> {
    while (this.#mode !== 'closed') {
      if (this.#fault !== undefined) throw this.#fault;
      const step = nextStep(this.#situation(), this.#context.limits);
      if (step.do === 'finish') return;
      await this.#take(step);
      if (step.do !== 'wait') this.#steps += 1;
    }
  }

  #situation(): Situation {
    return {
      nowMs: performance.now(),
      draining: this.#mode === 'draining',
      waiting: this.#intake.waiting,
      current: this.#current,
      publishAtMs: this.#publishing.dueAtMs,
    };
  }

  async #take(step: Exclude<Step, { do: 'finish' }>): Promise<void> {
    switch (step.do) {
      case 'publish':
        return this.#publishing.publishOldest();
      case 'roll':
        return this.#roll();
      case 'append':
        return this.#append();
      case 'wait':
        return this.#alarm.wait(step.untilMs);
    }
  }

  async #append(): Promise<void> {
    const { store, limits, metrics, log } = this.#context;
    const batch = this.#intake.take(limits.appendBytes);
    if (!batch) return;
    const { partition } = this.#claim;
    const { first } = this.#current;
    const { bytes, count, last, hour } = batch;
    const begunMs = performance.now();
    await store.append(this.#claim, first, batch.chunks);
    const tookMs = performance.now() - begunMs;
    this.#intake.free(batch);
    this.#durable = last + 1;
    const sinceMs = this.#current.content?.sinceMs ?? performance.now();
    this.#current = { first, bytes: this.#current.bytes + bytes, content: { hour, sinceMs, last } };
    log.debug({ segment: first, count, bytes, last, tookMs }, 'appended');
    metrics.appendSeconds.observe(tookMs / 1000);
    metrics.lines.inc({ partition }, count);
    metrics.bytes.inc({ partition }, bytes);
    if (this.#mode === 'closed') return;
    this.#noteStored();
    this.#intake.resumeIfLow();
  }

  #noteStored(): void {
    this.#context.feed.commits.note(this.#claim.partition, this.stored);
  }

  /**
   * Finishes the full segment and creates the next one. The full segment is published only after
   * that, so the ledger always has a segment that names the position.
   */
  async #roll(): Promise<void> {
    const { store } = this.#context;
    const { first, content } = this.#current;
    if (!content) return;
    await store.finish(this.#claim, first);
    await store.create(this.#claim, this.#durable);
    this.#current = { first: this.#durable, bytes: 0 };
    this.#publishing.add({ first, last: content.last, hour: content.hour });
  }
}

/**
 * A claim finds the segment's age by the wall clock. From then on the session uses the monotonic
 * clock, which nobody can set back.
 */
function onMonotonicClock(segment: CurrentSegment): CurrentSegment {
  if (!segment.content) return segment;
  const ageMs = Date.now() - segment.content.sinceMs;
  return { ...segment, content: { ...segment.content, sinceMs: performance.now() - ageMs } };
}
