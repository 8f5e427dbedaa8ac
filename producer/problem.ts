import type { Context } from 'hono';
import type { Problem } from './contract/event.ts';
import type { CollectorError } from './errors.ts';

/** An error as application/problem+json. */
export function problemResponse(c: Context, error: CollectorError): Response {
  const { status, title, retryAfterSeconds } = error.answer;
  const problem: Problem = {
    type: `urn:web-events:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.problems.length > 0 && { problems: error.problems }),
  };
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  return c.body(JSON.stringify(problem), status, { 'Content-Type': 'application/problem+json' });
}
