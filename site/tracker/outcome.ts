import type { Receipt } from '../../producer/contract/answer.ts';

/**
 * How an event ended; nothing more is sent of it. `stored` is in Kafka, at the place of the receipt. `refused` is not and
 * never will be: the collector said so, or the queue is full (`queue_full`). `ignored` is none by the collector's rules:
 * a privacy signal (`dropped`), or a page that was only loaded ahead (`prefetch`).
 */
export type Settled =
  | { readonly is: 'stored'; readonly id: string; readonly receipt: Receipt }
  | { readonly is: 'ignored'; readonly id: string; readonly code: string }
  | {
      readonly is: 'refused';
      readonly id: string;
      /** A code of the collector, `queue_full`, or `http_<status>` where a stranger answered. */
      readonly code: string;
      readonly detail?: string;
      /** Every mistake in the event, where there are some. */
      readonly problems?: readonly string[];
    };

/** Kept, and sent again with the same id: by this page, by another tab or by a later visit, whichever is first. */
export interface Pending {
  readonly is: 'pending';
  readonly id: string;
  /** Why: `unanswered`, `paused` (after an earlier try, or a beacon), `http_<status>`, or a code of the collector. */
  readonly code: string;
  /** Resolves with the end, if this page lives to see it; never rejects. */
  readonly settled: Promise<Settled>;
}

export type Outcome = Settled | Pending;
