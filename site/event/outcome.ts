import type { Receipt } from '../../producer/contract/answer.ts';

/**
 * How an event ended. The page does not send an ended event again.
 * - `stored`: the event is in Kafka, at the place that `receipt` names.
 * - `refused`: the event is not in Kafka and will not be. The producer refused it, or the tracker's
 *   queue is full (`queue_full`).
 * - `ignored`: the request was no event by the producer's rules. The code is `dropped` where the
 *   browser sends a privacy signal and the producer is told to drop such events.
 */
export type Settled =
  | { readonly is: 'stored'; readonly id: string; readonly receipt: Receipt }
  | { readonly is: 'ignored'; readonly id: string; readonly code: string }
  | {
      readonly is: 'refused';
      readonly id: string;
      /** The producer's code, `queue_full`, or `http_<status>` where another server answered. */
      readonly code: string;
      readonly detail?: string;
      /** Every mistake in the event, where the producer names mistakes. */
      readonly problems?: readonly string[];
    };

/**
 * The tracker keeps the event and sends it again with the same id. This page, another tab or a
 * later visit sends it, whichever comes first.
 */
export interface Pending {
  readonly is: 'pending';
  readonly id: string;
  /**
   * Why the event has not ended: `unanswered`, `paused` (after an earlier try or a beacon),
   * `http_<status>`, or a code of the producer.
   */
  readonly code: string;
  /** Resolves with the event's end if the page still exists by then. It never rejects. */
  readonly settled: Promise<Settled>;
}

export type Outcome = Settled | Pending;
