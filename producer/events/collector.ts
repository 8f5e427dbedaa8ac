import { createHash } from 'node:crypto';
import type { EventInput } from '../contract/event.ts';
import { CollectorError } from './errors.ts';
import type { EventCounters } from './event-counters.ts';
import { type CallContext, EventFactory } from './event-factory.ts';
import type { EventLog } from './event-log.ts';
import { ackedOutcome, type EventOutcome, type RefusedOutcome, refusedOutcome } from './event-outcome.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RepeatWindow } from './repeat-window.ts';

/** What a client sent for one event: the event, or what is wrong with it. */
export type ParsedEvent =
  | { readonly is: 'valid'; readonly input: EventInput }
  | { readonly is: 'invalid'; readonly error: CollectorError };

/** The call that brought an event, as far as it matters to it. */
export interface Call extends CallContext {
  /** By whom a client is told from another, for its rate. */
  readonly client: string;
  readonly traceparent: string | undefined;
  /** How long whoever calls can wait, ms; undefined: as long as the settings say. */
  readonly withinMs: number | undefined;
}

export interface CollectorOptions {
  readonly eventLog: EventLog;
  readonly counters: EventCounters;
  readonly repeats: RepeatWindow;
  /** undefined: no limit. */
  readonly rateLimit: RateLimit | undefined;
  /** Whether no new events are taken. */
  readonly draining: () => boolean;
  /** Told of each acknowledgement, with the time since the record was handed over. */
  readonly onAck: (seconds: number) => void;
  /** Told of each event that was not acknowledged. */
  readonly onRefused: (error: CollectorError, cause: unknown) => void;
}

/**
 * Everything that happens to one event between the request and the answer, each counted once. An id that comes again
 * within the window is answered as the first time, also while that is still on its way. Forgotten is an id whose event
 * was surely not stored, and one of which nobody will ever know: only sent again can it be stored for sure, and the id
 * tells both lines for one event.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #events = new EventFactory();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Never rejects. Not async: each such layer makes three promises more of every event, and a batch has many. */
  collect(parsed: ParsedEvent, call: Call): Promise<EventOutcome> {
    const { counters, rateLimit, draining } = this.#options;
    if (call.policy === 'dropped' || call.policy === 'prefetch') {
      counters.ignore(call.policy);
      return Promise.resolve({ is: 'ignored', reason: call.policy });
    }
    const key = parsed.is === 'valid' ? repeatKey(parsed.input) : undefined;
    // Before whatever may refuse it: what is stored must not be called "not stored".
    const first = this.#first(key);
    if (first !== undefined) return first;
    if (parsed.is === 'valid' && draining()) {
      const error = new CollectorError('draining', 'The event was not stored; send it again');
      return this.#refuse(error, parsed.input.id);
    }
    if (rateLimit === undefined) return this.#admit(parsed, call, key);
    return rateLimit.take(call.client).then((limited) => this.#admit(parsed, call, key, limited));
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

  #first(key: string | undefined): Promise<EventOutcome> | undefined {
    const { counters, repeats } = this.#options;
    const first = key === undefined ? undefined : repeats.find(key);
    if (first !== undefined) counters.ignore('repeated');
    return first;
  }

  #storeOnce(input: EventInput, call: Call, key: string): Promise<EventOutcome> {
    // Looked up again: another event with this `id` may have begun while the rate limit was asked.
    const { repeated, outcome } = this.#options.repeats.once(key, () => this.#store(input, call));
    if (repeated) this.#options.counters.ignore('repeated');
    return outcome;
  }

  async #store(input: EventInput, call: Call): Promise<EventOutcome> {
    const { eventLog, counters, onAck } = this.#options;
    const { withinMs } = call;
    counters.receive();
    let { id } = input;
    try {
      const { event, record } = this.#events.make(input, call);
      id = event.id;
      const since = performance.now();
      const appended = await eventLog.append(record, { withinMs });
      if ('undecided' in appended) {
        const late = appended.late.then((known) =>
          known instanceof CollectorError ? refusedOutcome(known, id) : ackedOutcome(event, known),
        );
        return { ...this.#endRefused(appended.undecided, id), late };
      }
      onAck((performance.now() - since) / 1_000);
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
 * What an event is known by when it comes again; undefined where its id is ours. A digest: all are of one size, whatever
 * the names are, and nobody's name is kept longer than its event.
 */
function repeatKey({ service, user, id }: EventInput): string | undefined {
  if (id === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([service, user, id]))
    .digest('base64');
}
