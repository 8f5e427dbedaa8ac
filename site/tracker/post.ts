import type { Answer } from './answer.ts';

/** Longer than the collector's own deadlines. */
const TIMEOUT_MS = 15_000;

/**
 * Sends a batch and never throws. A string goes as text/plain, which needs no preflight; with `keepalive` it is carried on
 * when the page goes.
 */
export async function post(url: string, body: string, keepalive: boolean): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive,
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status, headers } = response;
    const said = await response.json().catch(() => null);
    return {
      status,
      body: said ?? { code: headers.get('Producer-Outcome') },
      // The collector gives seconds; a stranger's date is no number, and the back-off has to do.
      retryAfterMs: Number(headers.get('Retry-After')) * 1_000 || 0,
    };
  } catch {
    return { status: 0, body: { code: 'unanswered' }, retryAfterMs: 0 };
  }
}
