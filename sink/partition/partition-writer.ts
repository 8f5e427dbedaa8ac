import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '../../infra/runtime/back-off.ts';
import { claimLedger, type Ledger } from '../ledger/ledger.ts';
import type { Claim } from '../ledger/store.ts';
import { type ClaimEnd, endByError } from './claim-end.ts';
import type { ClaimGate } from './claim-gate.ts';
import { PublishBackOff } from './publish-back-off.ts';
import { Session, type SessionContext } from './session.ts';
import { startOffset } from './start-offset.ts';

/** The states of a partition's writer, described at `PartitionWriter`. */
export type WriterState =
  | { readonly name: 'claiming'; readonly failures: number; readonly reason?: string }
  | { readonly name: 'writing'; readonly session: Session }
  | { readonly name: 'draining'; readonly session: Session }
  | { readonly name: 'stopped'; readonly reason: string }
  | { readonly name: 'released' };

export interface PartitionWriterOptions extends SessionContext {
  readonly partition: number;
  /** Shared by the writers of a process. */
  readonly gate: ClaimGate;
}

const BACK_OFF_MS = { first: 100, last: 10_000 };
/**
 * After a fence another member writes the partition. Kafka gets this time to tell us of the loss.
 */
const FENCED_PAUSE_MS = 1_000;

/**
 * Stores one assigned partition, from its assignment to its end.
 *
 * - `claiming`: the writer fences every other writer, recovers the ledger, and finds the offset to
 *   read from. A claim that fails is followed by another one, after a pause.
 * - `writing`: a session reads and appends. A changing request without a clean success leads back
 *   to `claiming`.
 * - `draining`: the partition is revoked. The session makes durable what it has received. The
 *   writer claims nothing any more.
 * - `stopped`: Kafka and HDFS contradict each other. The writer neither reads nor writes until an
 *   operator has looked and the partition is assigned again.
 * - `released`: the partition is not ours any more. `lose` leads here from every state, and so does
 *   the end of `revoke`.
 *
 * One loop takes one claim after another. `endByError` decides how a claim ended, and `#enterAfter`
 * acts on the decision.
 */
export class PartitionWriter {
  readonly partition: number;
  readonly #options: PartitionWriterOptions;
  readonly #backOff = new BackOff(BACK_OFF_MS.first, BACK_OFF_MS.last);
  readonly #publishBackOff = new PublishBackOff();
  /** Aborts when the state becomes `released`: no claim may begin or go on from then on. */
  readonly #release = new AbortController();
  readonly #done: Promise<void>;
  #state: WriterState = { name: 'claiming', failures: 0 };
  /** The offset after the last durable line, as the last claim or the last session knew it. */
  #durable: number | undefined;

  constructor(options: PartitionWriterOptions) {
    this.partition = options.partition;
    this.#options = options;
    options.metrics.begin(this.partition);
    this.#done = this.#run();
  }

  get state(): WriterState {
    return this.#state;
  }

  /** The offset after the last line known to be durable; undefined until the first claim. */
  get durable(): number | undefined {
    return this.#session?.durable ?? this.#durable;
  }

  /** The offset before which everything that can be read is durable; undefined as for `durable`. */
  get stored(): number | undefined {
    return this.#session?.stored ?? this.#durable;
  }

  /** The number of requests of the present session that ended well. */
  get steps(): number {
    return this.#session?.steps ?? 0;
  }

  get bufferedBytes(): number {
    return this.#session?.bufferedBytes ?? 0;
  }

  /**
   * Makes durable what was received, for at most `deadlineMs`, and releases the partition. The next
   * owner reads the rest again.
   */
  async revoke(deadlineMs: number): Promise<void> {
    if (this.#state.name === 'writing') {
      const { session } = this.#state;
      this.#state = { name: 'draining', session };
      session.drain();
    }
    if (this.#state.name === 'draining' && (await this.#isLate(deadlineMs))) this.#warnLate(deadlineMs);
    this.lose();
  }

  /** Releases the partition to its new owner. The writer begins no write from now on. */
  lose(): void {
    this.#durable = this.durable;
    this.#session?.close();
    this.#state = { name: 'released' };
    this.#release.abort();
  }

  get #session(): Session | undefined {
    return 'session' in this.#state ? this.#state.session : undefined;
  }

  async #isLate(deadlineMs: number): Promise<boolean> {
    const drained = this.#done.then(() => false);
    const late = delay(deadlineMs, true, { signal: this.#release.signal }).catch(() => false);
    return Promise.race([drained, late]);
  }

  #warnLate(deadlineMs: number): void {
    const { bufferedBytes } = this;
    const message =
      bufferedBytes > 0
        ? 'not drained in time; the next owner reads the rest again'
        : 'drained, but HDFS did not let go of the segment in time; the next owner takes it over';
    this.#options.log.warn({ deadlineMs, bufferedBytes }, message);
  }

  async #run(): Promise<void> {
    const { store, feed } = this.#options;
    const { signal } = this.#release;
    while (!signal.aborted) {
      const claim = { partition: this.partition, token: randomUUID() };
      const end = await this.#claimAndWrite(claim);
      this.#enterAfter(end);
      await store.leave(claim);
      if (end.kind === 'over' || end.kind === 'undrained') return;
      feed.partitions.stop(this.partition);
      if (end.kind === 'contradiction' || signal.aborted) return;
      await this.#pauseAfter(end);
    }
  }

  async #claimAndWrite(claim: Claim): Promise<ClaimEnd> {
    try {
      const session = await this.#claim(claim);
      await session?.run();
      return { kind: 'over' };
    } catch (error) {
      const isReleased = this.#release.signal.aborted;
      return endByError(error, { isReleased, isDraining: this.#state.name === 'draining' });
    }
  }

  /** Resolves with undefined when the partition is released meanwhile. */
  async #claim(claim: Claim): Promise<Session | undefined> {
    const { feed, gate, metrics, log } = this.#options;
    const { signal } = this.#release;
    const begunMs = performance.now();
    const ledger = await gate.pass(() => this.#claimLedger(claim));
    this.#durable = ledger.next;
    const offset = startOffset(ledger, await feed.topic.bounds(this.partition), this.#options);
    if (signal.aborted) return undefined;
    const session = new Session(this.#options, ledger, this.#publishBackOff);
    await feed.partitions.start(this.partition, offset, session);
    if (signal.aborted) return undefined;
    this.#state = { name: 'writing', session };
    // The last owner may have ended between an append and its commit, and the next append may be
    // far.
    feed.commits.note(this.partition, session.stored);
    metrics.claims.inc({ partition: this.partition });
    metrics.claimSeconds.observe((performance.now() - begunMs) / 1000);
    log.info({ next: ledger.next, token: claim.token }, 'partition claimed');
    return session;
  }

  #claimLedger(claim: Claim): Promise<Ledger> {
    const { store, feed, log } = this.#options;
    const { signal } = this.#release;
    signal.throwIfAborted();
    return claimLedger({
      store,
      claim,
      topicId: () => feed.topic.id(),
      earliestOffset: async () => (await feed.topic.bounds(this.partition)).low,
      signal,
      log,
    });
  }

  #enterAfter(end: ClaimEnd): void {
    const { metrics, log } = this.#options;
    switch (end.kind) {
      case 'over':
        break;
      case 'undrained':
        log.warn({ err: end.error }, 'not drained; the next owner reads the rest again');
        break;
      case 'contradiction':
        this.#dropSession();
        this.#state = { name: 'stopped', reason: end.error.message };
        log.fatal({ err: end.error }, 'partition stopped: an operator has to look');
        break;
      case 'failed':
        this.#dropSession();
        metrics.retries.inc({ reason: end.reason });
        if (end.isFenced) metrics.fenced.inc({ partition: this.partition });
        this.#state = { name: 'claiming', failures: this.#backOff.failures + 1, reason: end.reason };
        break;
    }
  }

  /** Drops the session with its buffer: only the next claim can tell what is durable. */
  #dropSession(): void {
    const { durable } = this;
    this.#session?.close();
    if (this.#durable !== durable) this.#backOff.reset();
    this.#durable = durable;
  }

  /**
   * Waits for the back-off, then until Kafka could tell that the partition is not ours any more.
   */
  async #pauseAfter({ error, isFenced }: Extract<ClaimEnd, { kind: 'failed' }>): Promise<void> {
    const pauseMs = this.#backOff.next() + (isFenced ? FENCED_PAUSE_MS : 0);
    this.#options.log.warn({ err: error, pauseMs: Math.round(pauseMs) }, 'claiming the partition again');
    await delay(pauseMs, undefined, { signal: this.#release.signal }).catch(() => undefined);
    await this.#options.feed.partitions.polled();
  }
}
