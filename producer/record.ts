import { v7 } from 'uuid';
import type { Event, Selection } from './contract/event.ts';
import type { EventRecord } from './event-log.ts';

export interface Call {
  readonly atMs: number;
  readonly userAgent: string | null;
}

/** The event of one call; its id carries the same instant as its timestamp. */
export function eventOf({ service, user }: Selection, { atMs, userAgent }: Call): Event {
  return { id: v7({ msecs: atMs }), timestamp: new Date(atMs).toISOString(), userAgent, service, user };
}

/** The record that carries an event: keyed by user, so that one user's events stay in order. */
export function recordOf(event: Event): EventRecord {
  const { id, timestamp, userAgent, service, user } = event;
  return {
    key: user,
    value: Buffer.from(JSON.stringify({ id, timestamp, userAgent, service, user })),
    timestampMs: Date.parse(timestamp),
  };
}
