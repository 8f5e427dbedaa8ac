import { ANSWER_WITHIN_MS } from '../event/exchange.ts';

/**
 * Owns when this page sends. Runs of one page follow each other, and one tab at a time runs.
 * `sendAll` never rejects; it resolves with how long to wait before the next run, 0 where nothing
 * is left.
 */
export function createQueueLoop(name: string, sendAll: () => Promise<number>) {
  let timer = 0;
  let runs = Promise.resolve();

  function runAfter(ms: number): void {
    timer ||= setTimeout(runNext, ms);
  }

  /** Clears the timer first: the timer of a long back-off would hold up the next events. */
  function runNext(): void {
    clearTimeout(timer);
    timer = 0;
    // The run goes without the lock where the browser has no Web Locks: the page came by plain
    // http. So it does where another tab holds the lock for longer than one request takes. Locks
    // and localStorage are not in step either. For some milliseconds a tab may see an event that
    // another tab has just removed, and sends it once more. Stable ids make all three cases
    // harmless.
    runs = runs
      .then(() => navigator.locks.request(name, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, run))
      .catch(run);
  }

  async function run(): Promise<void> {
    const waitMs = await sendAll();
    if (waitMs) runAfter(waitMs);
  }

  return [runAfter, runNext] as const;
}
