import { createHash } from 'node:crypto';
import type { EventInput } from '../contract/event.ts';
import { CollectorError } from './errors.ts';
import type { EventCounters } from './event-counters.ts';
import { type CallContext, EventFactory } from './event-factory.ts';
import type { EventLog } from './event-log.ts';
import { ackedOutcome, type EventOutcome, type RefusedOutcome, refusedOutcome } from './event-outcome.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RepeatWindow } from './repeat-window.ts';

/** What a client sent for one event: the event itself, or the error that says what is wrong. */
export type ParsedEvent =
  | { readonly is: 'valid'; readonly input: EventInput }
  | { readonly is: 'invalid'; readonly error: CollectorError };

/** The call that brought an event, as far as it matters to the event. */
export interface Call extends CallContext {
  /** Tells one client from another, for the rate limit. */
  readonly client: string;
  readonly traceparent: string | undefined;
  /** How long the caller can wait, ms; undefined: as long as the settings say. */
  readonly withinMs: number | undefined;
}

export interface CollectorOptions {
  readonly eventLog: EventLog;
  readonly counters: EventCounters;
  readonly repeats: RepeatWindow;
  /** undefined: no limit. */
  readonly rateLimit: RateLimit | undefined;
  /** Whether the producer takes no new events. */
  readonly draining: () => boolean;
  /** Called for each acked event, with the time since the event log was given the record. */
  readonly onAck: (seconds: number) => void;
  /** Called for each event that was not acked. */
  readonly onRefused: (error: CollectorError, cause: unknown) => void;
}

/**
 * Decides what becomes of one event between the request and the answer, and counts each event once.
 *
 * If an `id` comes again within the repeat window, its event has the outcome of the first event.
 * This holds also while the first event is still on its way. The producer forgets an `id` when its
 * event was not stored, or when the outcome stays unknown. The client then sends the event again
 * with the same `id`. At worst Kafka stores the event twice, and both lines carry that `id`.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #events = new EventFactory();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Never rejects. The method is not async: each async layer makes three more promises for every
   * event, and a batch has many events.
   */
  collect(parsed: ParsedEvent, call: Call): Promise<EventOutcome> {
    const { counters, rateLimit, draining } = this.#options;
    if (call.policy === 'dropped' || call.policy === 'prefetch') {
      counters.ignore(call.policy);
      return Promise.resolve({ is: 'ignored', reason: call.policy });
    }
    const key = parsed.is === 'valid' ? repeatKey(parsed.input) : undefined;
    // Before every refusal: the answer to a stored event must not say "not stored".
    const first = this.#findRepeated(key);
    if (first !== undefined) return first;
    if (parsed.is === 'valid' && draining()) {
      const error = new CollectorError('draining', 'The event was not stored; send it again');
      return this.#refuse(error, parsed.input.id);
    }
    return this.#admit(parsed, call, key, rateLimit?.take(call.client));
  }

  #findRepeated(key: string | undefined): Promise<EventOutcome> | undefined {
    const { counters, repeats } = this.#options;
    const first = key === undefined ? undefined : repeats.find(key);
    if (first !== undefined) counters.ignore('repeated');
    return first;
  }

  #admit(parsed: ParsedEvent, call: Call, key?: string, limited?: CollectorError): Promise<EventOutcome> {
    if (parsed.is === 'invalid') return this.#refuse(limited ?? parsed.error);
    const { input } = parsed;
    if (limited !== undefined) return this.#refuse(limited, input.id);
    if (call.withinMs !== undefined && call.withinMs <= 0) {
      const detail = 'The event was not stored: the call has no time left to wait for the broker';
      return this.#refuse(new CollectorError('broker_unavailable', detail), input.id);
    }
    return key === undefined ? this.#store(input, call) : this.#storeOnce(input, call, key);
  }

  #refuse(error: CollectorError, id?: string): Promise<EventOutcome> {
    this.#options.counters.receive();
    return Promise.resolve(this.#endRefused(error, id));
  }

  #storeOnce(input: EventInput, call: Call, key: string): Promise<EventOutcome> {
    // `once` looks for the key again: while the rate limit was asked, another event with this `id`
    // may have begun.
    const { repeated, outcome } = this.#options.repeats.once(key, () => this.#store(input, call));
    if (repeated) this.#options.counters.ignore('repeated');
    return outcome;
  }

  async #store(input: EventInput, call: Call): Promise<EventOutcome> {
    const { eventLog, counters, onAck } = this.#options;
    counters.receive();
    let { id } = input;
    try {
      const { event, record } = this.#events.make(input, call);
      id = event.id;
      const sinceMs = performance.now();
      const appended = await eventLog.append(record, { withinMs: call.withinMs });
      if ('undecided' in appended) {
        const late = appended.late.then((known) =>
          known instanceof CollectorError ? refusedOutcome(known, id) : ackedOutcome(event, known),
        );
        return { ...this.#endRefused(appended.undecided, id), late };
      }
      onAck((performance.now() - sinceMs) / 1_000);
      counters.end('acked');
      return ackedOutcome(event, appended);
    } catch (error) {
      return this.#endRefused(error, id);
    }
  }

  #endRefused(cause: unknown, id?: string): RefusedOutcome {
    const { counters, onRefused } = this.#options;
    const error =
      cause instanceof CollectorError
        ? cause
        : new CollectorError('internal', 'An unexpected error, see the log', { cause });
    counters.end(error.code);
    onRefused(error, cause);
    return refusedOutcome(error, id);
  }
}

/**
 * What the repeat window knows an event by; undefined where the client gave no `id`. The key is a
 * digest: all keys have one size, however long the names are. A user's name stays in memory no
 * longer than the event.
 */
function repeatKey({ service, user, id }: EventInput): string | undefined {
  if (id === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([service, user, id]))
    .digest('base64');
}
