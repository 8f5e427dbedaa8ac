import type { Answer } from './answer.ts';
import { LONGEST_WAIT_MS } from './back-off.ts';

/** Longer than the producer's own deadlines. */
export const ANSWER_WITHIN_MS = 15_000;

/**
 * Sends one request and returns what came back; it never rejects. No answer, a lost answer and a
 * time-out all have the code `unanswered` and no status: the event may be stored or not.
 */
export async function exchange(url: string, request: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...request,
      credentials: 'omit',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const { status, headers } = response;
    const said = await response.json().catch(() => null);
    // The producer gives seconds. Another server may give a date: the client's own back-off then
    // has to do.
    return {
      body: { ...(said ?? { code: headers.get('Producer-Outcome') }), status },
      retryAfterMs: Math.min(LONGEST_WAIT_MS, Math.abs(Number(headers.get('Retry-After')) * 1_000) || 0),
    };
  } catch {
    return { body: { code: 'unanswered' }, retryAfterMs: 0 };
  }
}
