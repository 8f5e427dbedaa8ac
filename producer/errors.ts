import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface Answer {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** Of the Retry-After header. */
  readonly retryAfterSeconds?: number;
}

/**
 * Everything that can go wrong, as the client sees it. `outcome_unknown` alone may have stored the event: whoever
 * repeats it may store it twice. All the others stored nothing.
 */
export const ANSWERS = {
  invalid_request: { status: 400, title: 'The request is wrong' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  internal: { status: 500, title: 'The collector failed' },
  broker_refused: { status: 502, title: 'The broker refused the event' },
  broker_unavailable: { status: 503, title: 'The broker is out of reach', retryAfterSeconds: 2 },
  overloaded: { status: 503, title: 'Too many events are on their way', retryAfterSeconds: 1 },
  draining: { status: 503, title: 'The collector is shutting down', retryAfterSeconds: 1 },
  outcome_unknown: { status: 503, title: 'The outcome is unknown', retryAfterSeconds: 5 },
} as const satisfies Readonly<Record<string, Answer>>;

export type ErrorCode = keyof typeof ANSWERS;

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Every mistake of a refused request. */
  readonly problems?: readonly string[];
}

/** An event was not stored, or may not have been; `code` says which. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: ErrorCode;
  readonly problems: readonly string[];

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
  }

  get answer(): Answer {
    return ANSWERS[this.code];
  }
}
