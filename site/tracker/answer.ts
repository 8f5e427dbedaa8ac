import type { Settled } from './outcome.ts';

/** What came back for a batch. Nothing of the body is sure to be there: a stranger may have answered. */
export interface Answer {
  /** 0: nobody answered. */
  readonly status: number;
  readonly body: Item & { readonly events?: readonly Item[] };
  /** How long it asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number;
}

/** One event's part of an answer: a receipt or a problem. */
export interface Item {
  readonly status?: number;
  readonly code?: string | null;
  readonly detail?: string;
  readonly problems?: readonly string[];
  readonly offset?: number;
}

/** These of 4xx say "later", not "never". */
const LATER = [408, 425, 429];

/** The part of the i-th event of the batch; where it has none, the whole answer is its. */
export const itemOf = ({ status, body }: Answer, i: number): Item => body.events?.[i] ?? { ...body, status };

/** Whether it may only be the batch that is too much: more events, or bytes, than this collector takes. */
export const isTooMuch = ({ status, body }: Answer): boolean => [400, 413].includes(status) && !body.events;

/** Undefined: not known, or not yet; to be sent again. */
export function settledBy(id: string, { status = 0, ...item }: Item): Settled | undefined {
  const code = item.code ?? `http_${status}`;
  if (status === 200 && item.offset !== undefined) return { is: 'stored', id, receipt: item as never };
  // What is loaded ahead counts once it is shown.
  if (status === 204 && code !== 'prefetch') return { is: 'ignored', id, code };
  // A broker that refused for good would do so again; a gateway's own 502 has no such code.
  const never = code === 'broker_refused' || (status >= 400 && status < 500 && !LATER.includes(status));
  return never ? { is: 'refused', ...item, id, code } : undefined;
}
