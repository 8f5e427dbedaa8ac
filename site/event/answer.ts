import type { Settled } from './outcome.ts';

/** What came back for a request. Any server may have answered, so every part may be missing. */
export interface Answer {
  readonly body: Body;
  /** How long the server asks the client to wait, in milliseconds; 0 where it asks for no wait. */
  readonly retryAfterMs: number;
}

/** What an answer says as a whole, and of each event where the request was a batch. */
export type Body = Item & { readonly events?: readonly Item[] };

/** What an answer says of one event: a receipt or a problem. */
export interface Item {
  /** The HTTP status; undefined where no answer came. */
  readonly status?: number;
  readonly code?: string | null;
  /** The type of a problem (RFC 9457). The producer's begin with `urn:web-events:`. */
  readonly type?: string;
  readonly id?: string;
  readonly detail?: string;
  readonly problems?: readonly string[];
  readonly offset?: number;
}

/** Why an event ended or did not: the producer's code, else the HTTP status. */
export const codeOf = (item: Item): string => item.code ?? `http_${item.status ?? 0}`;

/** Client errors (4xx) mean "never", but for three that mean "later". */
export const isRefusal = ({ status }: Item): boolean => /^4(?!08|25|29)/.test(`${status}`);

/**
 * How the event ended by this answer. Undefined where the outcome is unknown or open: the client
 * then sends the event again. Only the producer's own answer about this event ends the event. A
 * proxy, a firewall or a captive portal says nothing of the event.
 *
 * @param item what the answer says of this event
 * @param whole the answer that the item is a part of
 */
export function settledBy(id: string, item: Item, whole: Body = item): Settled | undefined {
  const { status, ...said } = item;
  const code = codeOf(item);
  if (item.offset !== undefined && item.id === id) return { is: 'stored', id, receipt: said as never };
  // A browser that loads a page ahead sends `prefetch`. The event counts once the page is shown.
  if (code === 'dropped') return { is: 'ignored', id, code };
  // A broker that refused for good would refuse again.
  const never = isRefusal(item) || code === 'broker_refused';
  const isProducers = whole.events || /^urn:web-events:/.test(`${whole.type}`);
  return never && isProducers ? { is: 'refused', ...said, id, code } : undefined;
}
