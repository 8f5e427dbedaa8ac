import { setTimeout as delay } from 'node:timers/promises';

const ASK_AGAIN_MS = 20;
/** A long wait asks less often: it finds the answer later by at most this part of the wait. */
const LATE_BY = 0.05;
const SELDOM_MS = 500;

export interface Wait {
  /** What the caller waits for, for the error. */
  readonly what: string;
  readonly withinMs?: number;
  /** The shortest time between two questions. */
  readonly everyMs?: number;
}

/**
 * Asks again and again until the answer is neither undefined nor false. Most questions cost the
 * asked process something, and a lease takes a minute. So the questions become rarer, down to two a
 * second.
 *
 * @throws once the deadline has passed
 */
export async function until<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { what, withinMs = 15_000, everyMs = ASK_AGAIN_MS }: Wait,
): Promise<T> {
  const begunMs = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    const waitedMs = Date.now() - begunMs;
    if (waitedMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(Math.max(everyMs, Math.min(waitedMs * LATE_BY, SELDOM_MS)));
  }
}
