import type { CurrentSegment } from '../ledger/ledger.ts';

/** When a partition flushes and rolls. */
export interface Schedule {
  readonly flushCount: number;
  readonly flushIntervalMs: number;
  readonly rollBytes: number;
  readonly rollIntervalMs: number;
}

/** The buffered lines, described by the oldest of them. */
export interface WaitingLines {
  readonly count: number;
  /** When the oldest line came. */
  readonly sinceMs: number;
  readonly hour: number;
  /** Whether Kafka is paused until some of the lines are durable. */
  readonly full: boolean;
}

/** Everything that decides the next step. Times are by one monotonic clock, ms. */
export interface Situation {
  readonly nowMs: number;
  readonly draining: boolean;
  readonly waiting: WaitingLines | undefined;
  readonly current: CurrentSegment;
  /** When a finished segment may be published; undefined when none waits. */
  readonly publishAtMs: number | undefined;
}

export type Step =
  | { readonly do: 'publish' }
  | { readonly do: 'roll' }
  | { readonly do: 'append' }
  /** Nothing is due before `untilMs`; nothing at all when it is undefined. */
  | { readonly do: 'wait'; readonly untilMs: number | undefined }
  | { readonly do: 'finish' };

/** Decides the next step of a session. Every step but a wait is one changing request. */
export function nextStep(situation: Situation, schedule: Schedule): Step {
  const { nowMs, draining, waiting, publishAtMs } = situation;
  // A drain has a deadline, so its lines come first. The next owner can publish the segment as
  // well.
  if (publishAtMs !== undefined && nowMs >= publishAtMs && !draining) return { do: 'publish' };
  const rollAtMs = whenToRoll(situation, schedule);
  if (rollAtMs <= nowMs && !(draining && !waiting)) return { do: 'roll' };
  if (draining) return waiting ? { do: 'append' } : { do: 'finish' };
  const flushAtMs = whenToFlush(situation, schedule);
  if (flushAtMs <= nowMs) return { do: 'append' };
  const untilMs = Math.min(rollAtMs, flushAtMs, publishAtMs ?? Number.POSITIVE_INFINITY);
  return { do: 'wait', untilMs: untilMs === Number.POSITIVE_INFINITY ? undefined : untilMs };
}

/** A segment without a line never rolls, so no published segment is empty. */
function whenToRoll({ waiting, current }: Situation, schedule: Schedule): number {
  if (!current.content) return Number.POSITIVE_INFINITY;
  const { hour, sinceMs } = current.content;
  if (current.bytes >= schedule.rollBytes || (waiting && waiting.hour > hour))
    return Number.NEGATIVE_INFINITY;
  return sinceMs + schedule.rollIntervalMs;
}

function whenToFlush({ waiting }: Situation, schedule: Schedule): number {
  if (!waiting) return Number.POSITIVE_INFINITY;
  if (waiting.full || waiting.count >= schedule.flushCount) return Number.NEGATIVE_INFINITY;
  return waiting.sinceMs + schedule.flushIntervalMs;
}
