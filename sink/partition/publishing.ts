import type { Logger } from 'pino';
import { LedgerError, StoreError } from '../ledger/errors.ts';
import type { Claim, FinishedSegment, Store } from '../ledger/store.ts';
import type { SinkMetrics } from '../operations/metrics.ts';
import type { PublishBackOff } from './publish-back-off.ts';

export interface PublishingContext {
  readonly store: Store;
  readonly metrics: SinkMetrics;
  readonly log: Logger;
}

/** The finished segments of a claim, oldest first, until they are published. */
export class Publishing {
  readonly #context: PublishingContext;
  readonly #claim: Claim;
  readonly #finished: FinishedSegment[];
  readonly #backOff: PublishBackOff;

  constructor(
    context: PublishingContext,
    { claim, finished }: { readonly claim: Claim; readonly finished: readonly FinishedSegment[] },
    backOff: PublishBackOff,
  ) {
    this.#context = context;
    this.#claim = claim;
    this.#finished = [...finished];
    this.#backOff = backOff;
  }

  /** When a segment may be published, by `performance.now()`; undefined when none waits. */
  get dueAtMs(): number | undefined {
    return this.#finished.length > 0 ? this.#backOff.notBeforeMs : undefined;
  }

  add(segment: FinishedSegment): void {
    this.#finished.push(segment);
  }

  /**
   * Publishes the oldest segment. The segment waits when HDFS refuses, because of a permission or a
   * quota.
   *
   * @throws {StoreError} to claim again
   * @throws {LedgerError} when a file of the published name exists already
   */
  async publishOldest(): Promise<void> {
    const segment = this.#finished[0];
    if (!segment) return;
    const { store, metrics, log } = this.#context;
    try {
      await store.publish(this.#claim, segment);
    } catch (error) {
      return this.#handle(error, segment);
    }
    this.#finished.shift();
    metrics.published.inc({ partition: this.#claim.partition });
    log.info({ segment }, 'segment published');
  }

  #handle(error: unknown, segment: FinishedSegment): void {
    if (!(error instanceof StoreError)) throw error;
    this.#backOff.postpone();
    if (error.kind === 'exists') {
      throw new LedgerError(`a file of the name of segment ${segment.first} is published already`, {
        cause: error,
      });
    }
    if (error.kind !== 'refused') throw error;
    this.#context.log.error({ err: error, segment }, 'segment not published; it waits, appends go on');
  }
}
