const WITHIN_MS = 15_000;

/**
 * Does a job that never rejects while no other tab does one of this name. Where the browser has no Web Locks (a page that
 * came by plain http) or another tab holds the lock for too long, it is done all the same. Nor is localStorage in step with locks: what another
 * tab has just removed may be seen for some milliseconds more, and is then sent once more. The same ids make both harmless.
 */
export async function exclusively(name: string, job: () => Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(name, { signal: AbortSignal.timeout(WITHIN_MS) }, job);
  } catch {
    await job();
  }
}
