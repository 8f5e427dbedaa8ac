import { setTimeout as delay } from 'node:timers/promises';
import type { FileSystemError } from '../storage/errors.ts';

/** A DataNode that is busy, or still recovers a block, says so for half a minute. */
const PASSING_WITHIN_MS = 45_000;
/** What an operator is wanted for is asked once more only because it may just be starting. */
const STANDING_WITHIN_MS = 5_000;
const STANDING: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'];
const BACK_OFF_MS = { first: 500, last: 4_000 };

interface Clock {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

/**
 * The sink itself tries for ever what HDFS does not do for now, so a check may not call it a failure at once. It has not
 * got for ever, though.
 */
export class Patience {
  readonly #clock: Clock;
  #begunMs: number | undefined;
  #pauseMs = BACK_OFF_MS.first;

  constructor(clock: Clock = { now: () => performance.now(), pause: (ms) => delay(ms) }) {
    this.#clock = clock;
  }

  /** Resolves after a pause: true where what failed is worth another try. False, at once, where it is not. */
  async has(error: FileSystemError): Promise<boolean> {
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
  const stands = STANDING.includes(reason) || /safe ?mode/i.test(`${reason} ${message}`);
  return stands ? STANDING_WITHIN_MS : PASSING_WITHIN_MS;
}

/** The reason where this HDFS does otherwise than HDFS does. */
export const NOT_KEPT = 'NotKept';
