/**
 * Hadoop's default delay, ms, before a writer asks again whether its last block is complete. On a
 * busy DataNode the first question may come late enough to need no second. Then only some of the
 * appends are slow, so the trial makes enough appends to see two slow ones.
 */
export const CLOSE_DELAY_MS = 400;

/** Whether the appends show the delay. The first append is slow for other reasons. */
export const isClosedSlowly = (appendsMs: readonly number[]): boolean =>
  appendsMs.slice(1).filter((tookMs) => tookMs >= CLOSE_DELAY_MS).length >= 2;

const APPENDS = { least: 5, most: 20, withinMs: 15_000 };

/**
 * Appends until the times show the delay, or until enough appends were fast.
 *
 * @param appendsMs takes the time of each append, ms, also where a later append fails
 */
export async function measureAppends(append: () => Promise<void>, appendsMs: number[]): Promise<void> {
  const untilMs = performance.now() + APPENDS.withinMs;
  const isEnough = (): boolean =>
    appendsMs.length >= APPENDS.least && (isClosedSlowly(appendsMs) || performance.now() > untilMs);
  while (appendsMs.length < APPENDS.most && !isEnough()) {
    const begunMs = performance.now();
    await append();
    appendsMs.push(performance.now() - begunMs);
  }
}
