import { setTimeout as delay } from 'node:timers/promises';
import type { FileSystemError } from '../storage/errors.ts';
import { isSafeMode } from '../storage/remote-exceptions.ts';

/** A DataNode that is busy, or still recovers a block, refuses for up to half a minute. */
const PASSING_WITHIN_MS = 45_000;
/**
 * These faults need an operator. They are retried for the case that the server is just starting.
 */
const STANDING_WITHIN_MS = 5_000;
const STANDING: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'];
const BACK_OFF_MS = { first: 500, last: 4_000 };

interface Clock {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

/**
 * The time that a check has for retries. The sink itself retries a passing fault for ever, so the
 * check must not report such a fault as a failure at once. But the check has to end.
 */
export class RetryBudget {
  readonly #clock: Clock;
  #begunMs: number | undefined;
  #pauseMs = BACK_OFF_MS.first;

  constructor(clock: Clock = { now: () => performance.now(), pause: (ms) => delay(ms) }) {
    this.#clock = clock;
  }

  /**
   * Resolves with true after a pause where the failed request is worth a retry. Resolves with false
   * at once where it is not, or where the time is over.
   */
  async pauseForRetry(error: FileSystemError): Promise<boolean> {
    const nowMs = this.#clock.now();
    this.#begunMs ??= nowMs;
    if (nowMs + this.#pauseMs > this.#begunMs + passesWithinMs(error)) return false;
    await this.#clock.pause(this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, BACK_OFF_MS.last);
    return true;
  }
}

function passesWithinMs({ kind, reason, message }: FileSystemError): number {
  if (kind !== 'unavailable' || reason === NOT_KEPT) return 0;
  const isStanding = STANDING.includes(reason) || isSafeMode(reason, message);
  return isStanding ? STANDING_WITHIN_MS : PASSING_WITHIN_MS;
}

/** The reason of an error where this server behaves otherwise than HDFS. */
export const NOT_KEPT = 'NotKept';
