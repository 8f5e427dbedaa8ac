import { read, write } from './store.ts';

const BASE_MS = 1_000;
const LONGEST_MS = 60_000;
/** No server means more; a clock that was wrong might. */
const DAY_MS = 86_400_000;

/**
 * When the collector may be asked again. This page's own back-off (full jitter) is in memory. What the collector asked for by
 * Retry-After is kept under `key` for every tab and every later visit, and no news of the network ends it.
 */
export function createPause(key: string) {
  let untilMs = 0;
  let longestMs = BASE_MS;

  function leftMs(): number {
    const ms = Math.max(untilMs, +(read(key) ?? 0)) - Date.now();
    return ms < DAY_MS ? ms : 0;
  }

  /** After a failure: what was asked for, and jitter on top, lest all who were told the same come at once. */
  function backOff(retryAfterMs = 0): void {
    untilMs = Date.now() + retryAfterMs + Math.random() * longestMs;
    longestMs = Math.min(LONGEST_MS, longestMs * 2);
    if (retryAfterMs > 0) write(key, `${Date.now() + retryAfterMs}`);
  }

  function endBackOff(): void {
    untilMs = 0;
    longestMs = BASE_MS;
  }

  // An array, for a bundler shortens no property's name.
  return [leftMs, backOff, endBackOff] as const;
}
