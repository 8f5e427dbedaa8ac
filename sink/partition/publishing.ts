import type { Logger } from 'pino';
import { LedgerError, StoreError } from '../ledger/errors.ts';
import type { Claim, FinishedSegment, Store } from '../ledger/store.ts';
import type { SinkMetrics } from '../operations/metrics.ts';

export interface PublishingContext {
  readonly store: Store;
  readonly metrics: SinkMetrics;
  readonly log: Logger;
}

/** A publish that failed is asked for again after this long; appends go on meanwhile. */
const PUBLISH_AGAIN_MS = 10_000;

/** The finished segments of a claim, oldest first, until they are published. */
export class Publishing {
  readonly #context: PublishingContext;
  readonly #claim: Claim;
  readonly #finished: FinishedSegment[];
  #notBeforeMs: number;

  /** @param notBeforeMs by `performance.now()`: after a publish failed, appends get their turn */
  constructor(
    context: PublishingContext,
    { claim, finished }: { readonly claim: Claim; readonly finished: readonly FinishedSegment[] },
    notBeforeMs: number,
  ) {
    this.#context = context;
    this.#claim = claim;
    this.#finished = [...finished];
    this.#notBeforeMs = notBeforeMs;
  }

  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** When a segment may be published (again); undefined where none waits. */
  get dueAtMs(): number | undefined {
    return this.#finished.length > 0 ? this.#notBeforeMs : undefined;
  }

  add(segment: FinishedSegment): void {
    this.#finished.push(segment);
  }

  /**
   * Publishes the oldest. Where that is refused, for want of a right or a quota, it waits.
   * @throws {StoreError} to claim again
   * @throws {LedgerError} where a file of its name is published already
   */
  async publishOldest(): Promise<void> {
    const segment = this.#finished[0];
    if (!segment) return;
    const { store, metrics, log } = this.#context;
    try {
      await store.publish(this.#claim, segment);
    } catch (error) {
      return this.#failed(error, segment);
    }
    this.#finished.shift();
    metrics.published.inc({ partition: this.#claim.partition });
    log.info({ segment }, 'segment published');
  }

  #failed(error: unknown, segment: FinishedSegment): void {
    if (!(error instanceof StoreError)) throw error;
    this.#notBeforeMs = performance.now() + PUBLISH_AGAIN_MS;
    if (error.kind === 'exists') {
      throw new LedgerError(`a file of the name of segment ${segment.first} is published already`, {
        cause: error,
      });
    }
    if (error.kind !== 'refused') throw error;
    this.#context.log.error({ err: error, segment }, 'segment not published; it waits, appends go on');
  }
}
