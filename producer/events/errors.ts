import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** How a received event can end, in the words of the metrics. */
export type Ending = 'acked' | 'rejected' | 'shed' | 'failed' | 'unknown';

interface Answer {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** How an event with this answer ends; undefined where the answer is to no event. */
  readonly ending?: Exclude<Ending, 'acked'>;
  /** The value of the Retry-After header. */
  readonly retryAfterSeconds?: number;
}

/**
 * Everything that can go wrong, as the client sees it. Only with `outcome_unknown` may Kafka have
 * stored the event. Sent again under its own `id`, the event is stored once as long as this process
 * remembers the `id`. With every other code the request stored nothing.
 */
export const ANSWERS = {
  invalid_request: { status: 400, title: 'The request is invalid', ending: 'rejected' },
  not_found: { status: 404, title: 'This path does not exist' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  request_timeout: { status: 408, title: 'The request took too long' },
  payload_too_large: { status: 413, title: 'The body is too large', ending: 'rejected' },
  uri_too_long: { status: 414, title: 'The address is too long', ending: 'rejected' },
  unsupported_media_type: { status: 415, title: 'This media type is not accepted', ending: 'rejected' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  rate_limited: {
    status: 429,
    title: 'Too many events from one client',
    ending: 'shed',
    retryAfterSeconds: 1,
  },
  internal: { status: 500, title: 'The producer failed', ending: 'failed' },
  broker_refused: { status: 502, title: 'The broker refused the event', ending: 'failed' },
  broker_unavailable: {
    status: 503,
    title: 'The broker is out of reach',
    ending: 'failed',
    retryAfterSeconds: 2,
  },
  overloaded: {
    status: 503,
    title: 'Too many events are on their way',
    ending: 'shed',
    retryAfterSeconds: 1,
  },
  draining: { status: 503, title: 'The producer is shutting down', ending: 'shed', retryAfterSeconds: 1 },
  outcome_unknown: { status: 503, title: 'The outcome is unknown', ending: 'unknown', retryAfterSeconds: 5 },
} as const satisfies Readonly<Record<string, Answer>>;

export type ErrorCode = keyof typeof ANSWERS;

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Every mistake of a refused request. */
  readonly problems?: readonly string[];
  /** Takes the place of the seconds in the table. */
  readonly retryAfterSeconds?: number;
}

/**
 * A body can be wrong in thousands of places. An answer that names all of them would be many times
 * as long as the body.
 */
const MOST_NAMED = 20;

/** The first problems, and how many more there are. */
export function nameSome(problems: readonly string[]): readonly string[] {
  const more = problems.length - MOST_NAMED;
  return more > 0 ? [...problems.slice(0, MOST_NAMED), `and ${more} more`] : problems;
}

/** An event was not stored, or may not have been stored; `code` says which. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: ErrorCode;
  readonly problems: readonly string[];
  readonly #retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
    this.#retryAfterSeconds = options.retryAfterSeconds;
  }

  get answer(): Answer {
    const answer: Answer = ANSWERS[this.code];
    return this.#retryAfterSeconds === undefined
      ? answer
      : { ...answer, retryAfterSeconds: this.#retryAfterSeconds };
  }
}
