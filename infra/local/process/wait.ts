import { setTimeout as delay } from 'node:timers/promises';

const ASK_AGAIN_MS = 50;

export interface Wait {
  /** The beginning of the sentence "... within so many ms". */
  readonly what: string;
  readonly withinMs: number;
}

/**
 * Asks until `isSo` resolves with true. An error counts as "not yet". Each call of `isSo` needs a
 * deadline of its own.
 *
 * @throws after `withinMs`
 */
export async function wait(isSo: () => Promise<boolean>, { what, withinMs }: Wait): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (await isSo().catch(() => false)) return;
    await delay(ASK_AGAIN_MS);
  }
  throw new Error(`${what} within ${withinMs} ms`);
}
