const BASE_MS = 1_000;
const LONGEST_MS = 60_000;
/** A day. No server means a longer wait; a clock that was wrong can leave a longer one behind. */
export const LONGEST_RETRY_AFTER_MS = 86_400_000;

/**
 * How long to wait before the next try, in milliseconds. `failures` is the number of failed tries
 * before this one. The wait is random below a bound that doubles with each failure (full jitter).
 * What the server asked for comes on top, so that clients with one Retry-After do not return at
 * once.
 */
export function backOffMs(failures: number, retryAfterMs: number): number {
  return retryAfterMs + Math.random() * Math.min(LONGEST_MS, BASE_MS * 2 ** failures);
}
