import type { Receipt } from '../contract/answer.ts';
import type { Event } from '../contract/stored-event.ts';
import type { CollectorError } from './errors.ts';
import type { Ignored } from './event-counters.ts';
import type { Position } from './event-log.ts';

/** What became of one event, as the producer tells its client. */
export type EventOutcome = AckedOutcome | IgnoredOutcome | RefusedOutcome;

export interface AckedOutcome {
  readonly is: 'acked';
  readonly receipt: Receipt;
}

export interface IgnoredOutcome {
  readonly is: 'ignored';
  readonly reason: Exclude<Ignored, 'repeated'>;
}

export interface RefusedOutcome {
  readonly is: 'refused';
  readonly error: CollectorError;
  /** The event's `id`, where it has one. */
  readonly id?: string;
  /** There only while the outcome is undecided: what becomes of the event after all. */
  readonly late?: Promise<EventOutcome>;
}

export function ackedOutcome({ id, timestamp }: Event, position: Position): AckedOutcome {
  const { topic, partition, offset } = position;
  return { is: 'acked', receipt: { id, timestamp, topic, partition, offset } };
}

export function refusedOutcome(error: CollectorError, id: string | undefined): RefusedOutcome {
  return { is: 'refused', error, ...(id !== undefined && { id }) };
}
