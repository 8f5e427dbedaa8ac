const BASE_MS = 1_000;
/**
 * The longest wait, in milliseconds, by itself or by Retry-After. The producer asks for seconds.
 * Another server on the way may ask for a day, and that wait would hold for every tab.
 */
export const LONGEST_WAIT_MS = 60_000;

/**
 * How long to wait before the next try, in milliseconds. `failures` is the number of failed tries
 * before this one. The wait is random below a bound that doubles with each failure (full jitter).
 * What the server asked for comes on top, so that clients with one Retry-After do not return at
 * once.
 */
export function backOffMs(failures: number, retryAfterMs: number): number {
  return retryAfterMs + Math.random() * Math.min(LONGEST_WAIT_MS, BASE_MS * 2 ** failures);
}
