import type { Settled } from './outcome.ts';

/** What came back for a request. Any server may have answered, so every part may be missing. */
export interface Answer {
  /** What the answer says of the request as a whole, and of each event where it was a batch. */
  readonly body: Item & { readonly events?: readonly Item[] };
  /** How long the server asks the client to wait, in milliseconds; 0 where it asks for no wait. */
  readonly retryAfterMs: number;
}

/** What an answer says of one event: a receipt or a problem. */
export interface Item {
  /** The HTTP status; undefined where no answer came. */
  readonly status?: number;
  readonly code?: string | null;
  readonly detail?: string;
  readonly problems?: readonly string[];
  readonly offset?: number;
}

/** Why an event ended or did not: the producer's code, else the HTTP status. */
export const codeOf = (item: Item): string => item.code ?? `http_${item.status ?? 0}`;

/**
 * How the event ended by this answer. Undefined where the outcome is unknown or open: the client
 * then sends the event again.
 */
export function settledBy(id: string, item: Item): Settled | undefined {
  const { status = 0, ...said } = item;
  const code = codeOf(item);
  if (status === 200 && item.offset !== undefined) return { is: 'stored', id, receipt: said as never };
  // A browser that loads a page ahead sends `prefetch`. The event counts once the page is shown.
  if (status === 204 && code !== 'prefetch') return { is: 'ignored', id, code };
  // Client errors (4xx) mean "never", but for three that mean "later". A broker that refused for
  // good would refuse again. A gateway's own 502 has no such code.
  const never =
    (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) || code === 'broker_refused';
  return never ? { is: 'refused', ...said, id, code } : undefined;
}
