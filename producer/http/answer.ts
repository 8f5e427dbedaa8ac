import type { BatchItem, Problem } from '../contract/answer.ts';
import type { Settled } from '../events/collector.ts';
import { CollectorError, nameSome } from '../events/errors.ts';

/** Headers that go with every answer to one request. */
export type BaseHeaders = Readonly<Record<string, string>>;

/** Says on answers without a body, or whose body is a picture, how the event ended. */
export const OUTCOME_HEADER = 'Producer-Outcome';

/** The word for how an event ended. */
export function outcomeOf(settled: Settled): string {
  switch (settled.is) {
    case 'acked':
      return 'acked';
    case 'ignored':
      return settled.reason;
    case 'refused':
      return settled.error.code;
  }
}

/** The answer to one event. Made whole at once: headers set one by one on Hono's context cost a fifth of an event. */
export function answerOne(settled: Settled, base: BaseHeaders): Response {
  switch (settled.is) {
    case 'acked':
      return json(200, settled.receipt, base);
    case 'ignored':
      return new Response(null, { status: 204, headers: { ...base, [OUTCOME_HEADER]: settled.reason } });
    case 'refused':
      return problemResponse(settled.error, base, settled.id === undefined ? {} : { id: settled.id });
  }
}

/** The answer to a batch: its events' own where all ended alike, else 207 (RFC 4918). */
export function answerBatch(all: readonly Settled[], base: BaseHeaders): Response {
  const [first] = all;
  const alike = all.every((settled) => outcomeOf(settled) === (first && outcomeOf(first)));
  const events = all.map(itemOf);
  if (!first || !alike) return json(207, { events }, { ...base, ...retryAfter(longestRetry(all)) });
  if (first.is === 'acked') return json(200, { events }, base);
  if (first.is === 'ignored') return answerOne(first, base);
  const problems = nameSome(
    all.flatMap((settled, index) =>
      settled.is === 'refused' ? settled.error.problems.map((problem) => `event ${index}: ${problem}`) : [],
    ),
  );
  const detail = problems.length > 0 ? problems.join('; ') : first.error.message;
  const retryAfterSeconds = longestRetry(all);
  const error = new CollectorError(first.error.code, detail, {
    problems,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  return problemResponse(error, base, { events });
}

/** An error as application/problem+json, with what else is to be said. */
export function problemResponse(
  error: CollectorError,
  base: BaseHeaders,
  more: Pick<Problem, 'id' | 'events'> = {},
): Response {
  const { status, retryAfterSeconds } = error.answer;
  const headers = { ...base, ...retryAfter(retryAfterSeconds), 'Content-Type': 'application/problem+json' };
  return new Response(JSON.stringify(problemOf(error, more)), { status, headers });
}

export function problemOf(error: CollectorError, more: Pick<Problem, 'id' | 'events'> = {}): Problem {
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

function itemOf(settled: Settled): BatchItem {
  switch (settled.is) {
    case 'acked':
      return { status: 200, ...settled.receipt };
    case 'ignored':
      return { status: 204, code: settled.reason };
    case 'refused': {
      const { error, id } = settled;
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

function longestRetry(all: readonly Settled[]): number | undefined {
  const seconds = all.flatMap((settled) =>
    settled.is === 'refused' ? (settled.error.answer.retryAfterSeconds ?? []) : [],
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
