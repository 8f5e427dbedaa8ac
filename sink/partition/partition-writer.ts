import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { BackOff } from '../../infra/runtime/back-off.ts';
import { LedgerError, StoreError } from '../ledger/errors.ts';
import { claimLedger, type Ledger } from '../ledger/ledger.ts';
import { compareWithTopic } from '../ledger/recovery.ts';
import type { Claim } from '../ledger/store.ts';
import { Session, type SessionContext } from './session.ts';

/**
 * - `claiming`: fencing, recovering and finding where to read on; again and again while something is in the way.
 * - `writing`: reads and appends. Left for `claiming` by every changing request without a clean success.
 * - `draining`: revoked; writes what it has and claims nothing any more.
 * - `stopped`: Kafka and HDFS contradict each other; nothing is read or written until an operator has looked.
 * - `released`: no longer ours.
 */
export type WriterState =
  | { readonly name: 'claiming'; readonly failures: number; readonly reason?: string }
  | { readonly name: 'writing'; readonly session: Session }
  | { readonly name: 'draining'; readonly session: Session }
  | { readonly name: 'stopped'; readonly reason: string }
  | { readonly name: 'released' };

export interface PartitionWriterOptions extends SessionContext {
  readonly partition: number;
}

const BACK_OFF_MS = { first: 100, last: 10_000 };
/** After a fence somebody else is at work: time for Kafka to tell us that the partition is not ours. */
const FENCED_PAUSE_MS = 1_000;

/**
 * Stores one assigned partition, from the assignment to its end. Whatever fails in between, it claims again with
 * back-off; only a contradiction stops it. `revoke` and `lose` are the two ways out, and after either nothing is
 * claimed any more.
 */
export class PartitionWriter {
  readonly partition: number;
  readonly #options: PartitionWriterOptions;
  readonly #log: Logger;
  readonly #backOff = new BackOff(BACK_OFF_MS.first, BACK_OFF_MS.last);
  /** Aborted when no claim may begin or go on: revoked while claiming, drained, or lost. */
  readonly #release = new AbortController();
  readonly #done: Promise<void>;
  #state: WriterState = { name: 'claiming', failures: 0 };
  #durable: number | undefined;
  /** Outlives a session: after a publish failed, appends get their turn before the next. */
  #publishAtMs = 0;

  constructor(options: PartitionWriterOptions) {
    this.partition = options.partition;
    this.#options = options;
    this.#log = options.log;
    options.metrics.begin(this.partition);
    this.#done = this.#run();
  }

  get state(): WriterState {
    return this.#state;
  }

  /** The offset after the last line known to be durable. */
  get durable(): number | undefined {
    const state = this.#state;
    return state.name === 'writing' || state.name === 'draining' ? state.session.durable : this.#durable;
  }

  /** Requests of the present session that have ended well. */
  get steps(): number {
    const state = this.#state;
    return state.name === 'writing' || state.name === 'draining' ? state.session.steps : 0;
  }

  get bufferedBytes(): number {
    const state = this.#state;
    return state.name === 'writing' || state.name === 'draining' ? state.session.bufferedBytes : 0;
  }

  /** Makes durable what was received, for at most `deadlineMs`; the rest is left to the next owner. */
  async revoke(deadlineMs: number): Promise<void> {
    if (this.#state.name === 'writing') {
      this.#state = { name: 'draining', session: this.#state.session };
      this.#state.session.drain();
    }
    if (this.#state.name === 'draining' && (await this.#isLate(deadlineMs))) {
      const { bufferedBytes } = this;
      const rest =
        bufferedBytes > 0
          ? 'not drained in time; the next owner reads the rest again'
          : 'all is durable, but HDFS did not let go of it in time; the next owner takes it over';
      this.#log.warn({ deadlineMs, bufferedBytes }, rest);
    }
    this.lose();
  }

  /** The partition is somebody else's: nothing is written from now on. */
  lose(): void {
    if (this.#state.name === 'writing' || this.#state.name === 'draining') this.#state.session.close();
    this.#durable = this.durable;
    this.#state = { name: 'released' };
    this.#release.abort();
  }

  async #isLate(deadlineMs: number): Promise<boolean> {
    const drained = this.#done.then(() => false);
    const late = delay(deadlineMs, true, { signal: this.#release.signal }).catch(() => false);
    return Promise.race([drained, late]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#release;
    while (!signal.aborted) {
      const claim = { partition: this.partition, token: randomUUID() };
      try {
        const session = await this.#claim(claim);
        await session?.run();
        await this.#options.store.leave(claim);
        return;
      } catch (error) {
        const ends = signal.aborted || this.#state.name === 'draining';
        if (!ends) this.#fail(error);
        else if (!signal.aborted) {
          this.#log.warn({ err: error }, 'not drained; the next owner reads the rest again');
        }
        await this.#options.store.leave(claim);
        if (ends) return;
        this.#options.feed.partitions.stop(this.partition);
        if (this.#state.name !== 'claiming') return;
        await this.#pauseAfter(error);
      }
    }
  }

  async #claim(claim: Claim): Promise<Session | undefined> {
    const { store, feed, metrics } = this.#options;
    const { signal } = this.#release;
    const begunMs = performance.now();
    const ledger = await claimLedger({
      store,
      claim,
      topicId: () => feed.topic.id(),
      earliestOffset: async () => (await feed.topic.watermarks(this.partition)).low,
      signal,
    });
    this.#durable = ledger.next;
    const offset = await this.#whereToRead(ledger);
    if (signal.aborted) return undefined;
    const session = new Session({ ...this.#options, log: this.#log }, ledger, this.#publishAtMs);
    await feed.partitions.start(this.partition, offset, (record) => session.receive(record));
    if (signal.aborted) return undefined;
    this.#state = { name: 'writing', session };
    // The last owner may have ended between an append and its commit, and the next append may be long in coming.
    feed.commits.note(this.partition, ledger.next);
    metrics.claims.inc({ partition: this.partition });
    metrics.claimSeconds.observe((performance.now() - begunMs) / 1000);
    this.#log.info({ next: ledger.next, token: ledger.claim.token }, 'partition claimed');
    return session;
  }

  /** The last stored record once more, where Kafka has it: the session holds it against the stored line. */
  async #whereToRead({ next, lastLine }: Ledger): Promise<number> {
    const watermarks = await this.#options.feed.topic.watermarks(this.partition);
    const fit = compareWithTopic(next, watermarks);
    switch (fit.kind) {
      case 'beyond-end':
        throw new LedgerError(
          `HDFS has everything before offset ${next}, but the topic ends at ${watermarks.high}: it was made anew; ` +
            'give the new one another name or another HDFS_DIR',
        );
      case 'gap':
        this.#log.error(
          { ...fit, next, low: watermarks.low },
          'Kafka dropped records before they were stored',
        );
        if (this.#options.onGap === 'stop') {
          throw new LedgerError(
            `Kafka dropped offsets ${next} to ${watermarks.low - 1} before they were stored`,
          );
        }
        return watermarks.low;
      case 'fits':
        return lastLine && next - 1 >= watermarks.low ? next - 1 : next;
    }
  }

  /** Drops the buffer with the session: what is durable, only the next claim can say. */
  #fail(error: unknown): void {
    const { metrics } = this.#options;
    if (this.#state.name === 'writing') {
      this.#publishAtMs = this.#state.session.publishAtMs;
      this.#state.session.close();
    }
    if (this.#durable !== this.durable) this.#backOff.reset();
    this.#durable = this.durable;
    if (error instanceof LedgerError) {
      this.#state = { name: 'stopped', reason: error.message };
      this.#log.fatal({ err: error }, 'partition stopped: an operator has to look');
      return;
    }
    const reason = reasonOf(error);
    metrics.retries.inc({ reason });
    if (isFence(error)) metrics.fenced.inc({ partition: this.partition });
    this.#state = { name: 'claiming', failures: this.#backOff.failures + 1, reason };
  }

  /** Waits as long as the failure asks for, then until Kafka was asked once more whether the partition is ours. */
  async #pauseAfter(error: unknown): Promise<void> {
    const pauseMs = this.#backOff.next() + (isFence(error) ? FENCED_PAUSE_MS : 0);
    this.#log.warn({ err: error, pauseMs: Math.round(pauseMs) }, 'claiming the partition again');
    await delay(pauseMs, undefined, { signal: this.#release.signal }).catch(() => undefined);
    await this.#options.feed.partitions.polled();
  }
}

/** A word for metrics and health reports. */
function reasonOf(error: unknown): string {
  if (error instanceof StoreError) return error.reason;
  const code = error instanceof Object && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? `Kafka ${code}` : 'unexpected';
}

const isFence = (error: unknown): boolean => error instanceof StoreError && error.kind === 'fenced';
