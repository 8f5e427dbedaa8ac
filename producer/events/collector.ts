import { createHash } from 'node:crypto';
import type { Receipt } from '../contract/answer.ts';
import type { Event, EventInput } from '../contract/event.ts';
import { CollectorError, UndecidedError } from './errors.ts';
import type { Accounts, Ignored } from './event-counters.ts';
import type { EventLog, Position } from './event-log.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Circumstances, eventOf, recordOf } from './record.ts';
import type { RepeatWindow } from './repeat-window.ts';

/** What a client sent for one event: the event, or what is wrong with it. */
export type Given =
  | { readonly is: 'event'; readonly input: EventInput }
  | { readonly is: 'wrong'; readonly error: CollectorError };

/** How one event ended, as its client is told. */
export type Settled =
  | { readonly is: 'acked'; readonly receipt: Receipt }
  | { readonly is: 'ignored'; readonly reason: Exclude<Ignored, 'repeated'> }
  | { readonly is: 'refused'; readonly error: CollectorError; readonly id?: string };

/** The call that brought an event, as far as it matters to it. */
export interface Call extends Circumstances {
  /** By whom a client is told from another, for its rate. */
  readonly client: string;
  readonly traceparent: string | undefined;
  /** How long whoever calls can wait, ms; undefined: as long as the settings say. */
  readonly withinMs: number | undefined;
}

export interface CollectorOptions {
  readonly eventLog: EventLog;
  readonly accounts: Accounts;
  readonly repeats: RepeatWindow<Promise<Settled>>;
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

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Never rejects. Not async: each such layer makes three promises more of every event, and a batch has many. */
  collect(given: Given, call: Call): Promise<Settled> {
    const { accounts, rateLimit, draining } = this.#options;
    if (call.policy === 'dropped' || call.policy === 'prefetch') {
      accounts.ignore(call.policy);
      return Promise.resolve({ is: 'ignored', reason: call.policy });
    }
    const key = given.is === 'event' ? repeatKey(given.input) : undefined;
    // Before whatever may refuse it: what is stored must not be called "not stored".
    const first = this.#first(key);
    if (first !== undefined) return first;
    if (given.is === 'event' && draining()) {
      const error = new CollectorError('draining', 'The event was not stored; send it again');
      return this.#refuse(error, given.input.id);
    }
    if (rateLimit === undefined) return this.#admit(given, call, key);
    return rateLimit.take(call.client).then((limited) => this.#admit(given, call, key, limited));
  }

  #admit(given: Given, call: Call, key?: string, limited?: CollectorError): Promise<Settled> {
    if (given.is === 'wrong') return this.#refuse(limited ?? given.error);
    const { input } = given;
    if (limited !== undefined) return this.#refuse(limited, input.id);
    if (call.withinMs !== undefined && call.withinMs <= 0) {
      const detail = 'The event was not stored: the call has no time left to wait for the broker';
      return this.#refuse(new CollectorError('broker_unavailable', detail), input.id);
    }
    return key === undefined ? this.#store(input, call) : this.#storeOnce(input, call, key);
  }

  #refuse(error: CollectorError, id?: string): Promise<Settled> {
    this.#options.accounts.receive();
    return Promise.resolve(this.#end(error, id));
  }

  #first(key: string | undefined): Promise<Settled> | undefined {
    const { accounts, repeats } = this.#options;
    const first = key === undefined ? undefined : repeats.find(key);
    if (first !== undefined) accounts.ignore('repeated');
    return first;
  }

  #storeOnce(input: EventInput, call: Call, key: string): Promise<Settled> {
    // Asked again, for another of its id may have begun while the rate was asked for.
    const first = this.#first(key);
    if (first !== undefined) return first;
    let settle: (settled: Promise<Settled>) => void = () => {};
    const settled = new Promise<Settled>((resolve) => {
      settle = resolve;
    });
    // Before it is stored, for that may have an outcome at once.
    const remembered = this.#options.repeats.begin(key, settled);
    settle(
      this.#store(input, call, (outcome) => {
        if (outcome.is === 'acked') remembered.replace(Promise.resolve(outcome));
        else remembered.forget();
      }),
    );
    return settled;
  }

  /** `remember` is told of every outcome that is final, a late one too. */
  async #store(input: EventInput, call: Call, remember?: (outcome: Settled) => void): Promise<Settled> {
    const { eventLog, accounts, onAck } = this.#options;
    const { withinMs, traceparent } = call;
    accounts.receive();
    let { id } = input;
    try {
      const event = eventOf(input, call);
      id = event.id;
      const onLate = remember && ((late: Position | CollectorError) => remember(outcomeOf(event, late)));
      const since = performance.now();
      const position = await eventLog.append(recordOf(event, traceparent), { withinMs, onLate });
      onAck((performance.now() - since) / 1_000);
      accounts.end('acked');
      const settled = outcomeOf(event, position);
      remember?.(settled);
      return settled;
    } catch (error) {
      const settled = this.#end(error, id);
      if (!(error instanceof UndecidedError)) remember?.(settled);
      return settled;
    }
  }

  #end(cause: unknown, id?: string): Settled {
    const { accounts, onRefused } = this.#options;
    const error =
      cause instanceof CollectorError
        ? cause
        : new CollectorError('internal', 'An unexpected error, see the log', { cause });
    accounts.end(error.code);
    onRefused(error, cause);
    return refusal(error, id);
  }
}

function outcomeOf({ id, timestamp }: Event, known: Position | CollectorError): Settled {
  if (known instanceof CollectorError) return refusal(known, id);
  const { topic, partition, offset } = known;
  return { is: 'acked', receipt: { id, timestamp, topic, partition, offset } };
}

function refusal(error: CollectorError, id: string | undefined): Settled {
  return { is: 'refused', error, ...(id !== undefined && { id }) };
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
