import type { Answer } from './answer.ts';

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
    return {
      body: { ...(said ?? { code: headers.get('Producer-Outcome') }), status },
      // The producer gives seconds. Another server may give a date: the client's own back-off then
      // has to do.
      retryAfterMs: +(headers.get('Retry-After') ?? 0) * 1_000 || 0,
    };
  } catch {
    return { body: { code: 'unanswered' }, retryAfterMs: 0 };
  }
}
