import type { BatchItem, Problem } from '../contract/answer.ts';
import { CollectorError, nameSome } from '../events/errors.ts';
import type { EventOutcome } from '../events/event-outcome.ts';

/** Headers that go with every answer to one request. */
export type BaseHeaders = Readonly<Record<string, string>>;

/** Says how the event ended, on answers that have no body or whose body is a picture. */
export const OUTCOME_HEADER = 'Producer-Outcome';

/** `acked`, the reason why the event was ignored, or the code of its problem. */
export function outcomeCode(outcome: EventOutcome): string {
  switch (outcome.is) {
    case 'acked':
      return 'acked';
    case 'ignored':
      return outcome.reason;
    case 'refused':
      return outcome.error.code;
  }
}

/**
 * The answer to one event. The response is made with all of its headers at once. To set them one by
 * one on Hono's context takes a fifth of an event's time.
 */
export function answerOne(outcome: EventOutcome, base: BaseHeaders): Response {
  switch (outcome.is) {
    case 'acked':
      return json(200, outcome.receipt, base);
    case 'ignored':
      return new Response(null, { status: 204, headers: { ...base, [OUTCOME_HEADER]: outcome.reason } });
    case 'refused':
      return problemResponse(outcome.error, base, outcome.id === undefined ? {} : { id: outcome.id });
  }
}

/** The answer to a batch: the answer to each event if all ended alike, else 207 (RFC 4918). */
export function answerBatch(all: readonly EventOutcome[], base: BaseHeaders): Response {
  const [first] = all;
  const alike = all.every((outcome) => outcomeCode(outcome) === (first && outcomeCode(first)));
  const events = all.map(itemOf);
  if (!first || !alike) return json(207, { events }, { ...base, ...retryAfter(longestRetry(all)) });
  if (first.is === 'acked') return json(200, { events }, base);
  if (first.is === 'ignored') return answerOne(first, base);
  return problemResponse(joinErrors(first.error, all), base, { events });
}

/** One error for events that were all refused with the code of the first. */
function joinErrors(first: CollectorError, all: readonly EventOutcome[]): CollectorError {
  const problems = nameSome(
    all.flatMap((outcome, index) =>
      outcome.is === 'refused' ? outcome.error.problems.map((problem) => `event ${index}: ${problem}`) : [],
    ),
  );
  const detail = problems.length > 0 ? problems.join('; ') : first.message;
  const retryAfterSeconds = longestRetry(all);
  return new CollectorError(first.code, detail, {
    problems,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** An error as application/problem+json (RFC 9457), with further members of its body. */
export function problemResponse(
  error: CollectorError,
  base: BaseHeaders,
  more: Pick<Problem, 'id' | 'events'> = {},
): Response {
  const { status, retryAfterSeconds } = error.answer;
  const headers = { ...base, ...retryAfter(retryAfterSeconds), 'Content-Type': 'application/problem+json' };
  return new Response(JSON.stringify(problemBody(error, more)), { status, headers });
}

export function problemBody(error: CollectorError, more: Pick<Problem, 'id' | 'events'> = {}): Problem {
  const { status, title } = error.answer;
  return {
    type: `urn:web-events:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.problems.length > 0 && { problems: [...error.problems] }),
    ...more,
  };
}

function itemOf(outcome: EventOutcome): BatchItem {
  switch (outcome.is) {
    case 'acked':
      return { status: 200, ...outcome.receipt };
    case 'ignored':
      return { status: 204, code: outcome.reason };
    case 'refused': {
      const { error, id } = outcome;
      const { status, retryAfterSeconds } = error.answer;
      return {
        status,
        code: error.code,
        detail: error.message,
        ...(id !== undefined && { id }),
        ...(error.problems.length > 0 && { problems: [...error.problems] }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
    }
  }
}

function longestRetry(all: readonly EventOutcome[]): number | undefined {
  const seconds = all.flatMap((outcome) =>
    outcome.is === 'refused' ? (outcome.error.answer.retryAfterSeconds ?? []) : [],
  );
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}

function retryAfter(seconds: number | undefined): BaseHeaders {
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

function json(status: number, body: unknown, base: BaseHeaders): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...base, 'Content-Type': 'application/json' },
  });
}
