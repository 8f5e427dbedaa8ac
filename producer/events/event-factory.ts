import type { EventInput } from '../contract/event.ts';
import type { Event } from '../contract/stored-event.ts';
import { EventIds } from './event-ids.ts';
import type { EventRecord } from './event-log.ts';

/** What the producer knows of an event's call, besides what the client says of the event. */
export interface CallContext {
  /** When the API was called, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly userAgent: string | null;
  /** Whether the User-Agent is a known bot's. */
  readonly bot: boolean;
  /** The part of the client's address that is stored; undefined where none is. */
  readonly ip: string | undefined;
  /** What the producer does with the event because of what the browser asks for. */
  readonly policy: 'collect' | 'anonymise' | 'dropped' | 'prefetch';
  /** W3C Trace Context */
  readonly traceparent?: string | undefined;
}

/** An event, and the Kafka record that carries it. */
export interface MadeEvent {
  readonly event: Event;
  readonly record: EventRecord;
}

/** Makes events and their records. It owns the source of ids and the text of the latest instant. */
export class EventFactory {
  readonly #ids = new EventIds();
  #latest = { atMs: Number.NaN, iso: '' };

  /**
   * Makes the event of one call. The `timestamp`, the record's Kafka timestamp and an `id` of the
   * producer's own carry the same instant. The record's key is the user, so that the events of one
   * user stay in order.
   */
  make(input: EventInput, call: CallContext): MadeEvent {
    const event = call.policy === 'anonymise' ? this.#anonymised(input, call) : this.#whole(input, call);
    const { atMs: timestampMs, traceparent } = call;
    const value = Buffer.from(JSON.stringify(event));
    return { event, record: { key: event.user, value, timestampMs, traceparent } };
  }

  #whole(input: EventInput, { atMs, userAgent, bot, ip }: CallContext): Event {
    const { id = this.#ids.next(atMs), service, user, timestamp: clientTimestamp, properties } = input;
    return {
      id,
      timestamp: this.#isoOf(atMs),
      userAgent,
      service,
      user,
      ...(clientTimestamp !== undefined && { clientTimestamp }),
      ...(properties && { properties }),
      ...(ip !== undefined && { ip }),
      ...(bot && { bot }),
    };
  }

  #anonymised(input: EventInput, { atMs, bot }: CallContext): Event {
    const { id = this.#ids.next(atMs), service, timestamp: clientTimestamp } = input;
    return {
      id,
      timestamp: this.#isoOf(atMs),
      userAgent: null,
      service,
      user: null,
      ...(clientTimestamp !== undefined && { clientTimestamp }),
      ...(bot && { bot }),
      anonymised: true,
    };
  }

  /** All events of a batch are of one instant, and its text takes a third of an event's making. */
  #isoOf(atMs: number): string {
    if (atMs !== this.#latest.atMs) this.#latest = { atMs, iso: new Date(atMs).toISOString() };
    return this.#latest.iso;
  }
}
