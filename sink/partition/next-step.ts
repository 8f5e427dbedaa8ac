import type { CurrentSegment } from '../ledger/ledger.ts';

/** When a partition flushes and rolls. */
export interface Schedule {
  readonly flushCount: number;
  readonly flushIntervalMs: number;
  readonly rollBytes: number;
  readonly rollIntervalMs: number;
}

/** The lines that are not durable yet, by the oldest of them. */
export interface WaitingLines {
  readonly count: number;
  readonly sinceMs: number;
  readonly hour: number;
  /** No more are read before some of them are durable. */
  readonly full: boolean;
}

/** All that the next step hangs on; times are of one monotonic clock, ms. */
export interface Situation {
  readonly nowMs: number;
  readonly draining: boolean;
  readonly waiting: WaitingLines | undefined;
  readonly current: CurrentSegment;
  /** When a finished segment may be published (again); undefined where none waits. */
  readonly publishAtMs: number | undefined;
}

export type Step =
  | { readonly do: 'publish' }
  | { readonly do: 'roll' }
  | { readonly do: 'append' }
  /** Nothing to do before then; for ever if undefined. */
  | { readonly do: 'wait'; readonly untilMs: number | undefined }
  | { readonly do: 'finish' };

/** What a writing partition does next. Every step but a wait is one changing request, and one is done at a time. */
export function nextStep(situation: Situation, schedule: Schedule): Step {
  const { nowMs, draining, waiting, publishAtMs } = situation;
  // A drain has a deadline, and its lines come first: the next owner publishes as well.
  if (publishAtMs !== undefined && nowMs >= publishAtMs && !draining) return { do: 'publish' };
  const rollAtMs = whenToRoll(situation, schedule);
  if (rollAtMs <= nowMs && !(draining && !waiting)) return { do: 'roll' };
  if (draining) return waiting ? { do: 'append' } : { do: 'finish' };
  const flushAtMs = whenToFlush(situation, schedule);
  if (flushAtMs <= nowMs) return { do: 'append' };
  const untilMs = Math.min(rollAtMs, flushAtMs, publishAtMs ?? Number.POSITIVE_INFINITY);
  return { do: 'wait', untilMs: untilMs === Number.POSITIVE_INFINITY ? undefined : untilMs };
}

/** A segment without a line never rolls, so no published one is empty. */
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
