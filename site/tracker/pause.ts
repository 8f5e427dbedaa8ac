import { backOffMs, LONGEST_WAIT_MS } from '../event/back-off.ts';
import { read, write } from './store.ts';

/**
 * Owns when the tracker may ask the producer again. The back-off is in memory and belongs to this
 * page. A wait that the producer asked for by Retry-After is in storage under `key`. It holds for
 * every tab and every later visit, and the end of the back-off does not end it.
 */
export function createPause(key: string) {
  let untilMs = 0;
  let failures = 0;

  function leftMs(): number {
    const ms = Math.max(untilMs, Number(read(key)) || 0) - Date.now();
    // A clock that was wrong can leave a longer wait behind than any that was asked for.
    return ms > 2 * LONGEST_WAIT_MS ? 0 : ms;
  }

  function backOff(retryAfterMs = 0): void {
    const nowMs = Date.now();
    untilMs = nowMs + backOffMs(failures++, retryAfterMs);
    if (retryAfterMs > 0) write(key, `${nowMs + retryAfterMs}`);
  }

  function endBackOff(): void {
    untilMs = failures = 0;
  }

  // An array, because the bundler shortens variables but not the names of properties.
  return [leftMs, backOff, endBackOff] as const;
}
