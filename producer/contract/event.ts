import * as v from 'valibot';

/**
 * What both sides of the topic agree on: one event of the browser as the value of one Kafka record.
 * The record's key is `user`, its Kafka timestamp the same instant as `timestamp`.
 */
export interface Event {
  /** UUID v7, made when the API was called. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds: when the API was called. */
  readonly timestamp: string;
  /** The User-Agent header, or null where there was none. */
  readonly userAgent: string | null;
  readonly service: string;
  readonly user: string;
}

/** Longest `service` and `user`, in Unicode code points. */
export const MAX_NAME_LENGTH = 256;

const name = (field: string) =>
  v.pipe(
    v.string(`${field} is missing`),
    v.check((text) => text.length > 0, `${field} is empty`),
    v.check((text) => text.length === 0 || text.trim().length > 0, `${field} is blank`),
    v.check(
      (text) => [...text].length <= MAX_NAME_LENGTH,
      `${field} is longer than ${MAX_NAME_LENGTH} characters`,
    ),
  );

/** The query of `GET /api/select`. */
export const selection = v.object({ service: name('service'), user: name('user') });
export type Selection = v.InferOutput<typeof selection>;

/** What `GET /api/select` answers with once the broker has the event. */
export interface Receipt {
  readonly id: string;
  readonly timestamp: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** An answer that is not 200, as application/problem+json (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable word to branch on. */
  readonly code: string;
  /** Every mistake of a refused request, where there are any. */
  readonly problems?: readonly string[];
}
