import { ANSWERS, type Ending, type ErrorCode } from './errors.ts';

/** How a received event ended: `acked`, or the code of its problem. */
export type OutcomeCode = 'acked' | ErrorCode;
/** Why the producer does not count a request for an event as an event. */
export type Ignored = 'repeated' | 'dropped' | 'prefetch';

const OUTCOME_CODES = ['acked', ...codesOfEvents()] as const;

function codesOfEvents(): ErrorCode[] {
  return (Object.keys(ANSWERS) as ErrorCode[]).filter((code) => 'ending' in ANSWERS[code]);
}

/**
 * Owns the count of every event. At every instant `received` is the sum of the ended events, by how
 * they ended, and of the events in flight. No event is counted twice. A request that only repeats
 * an event, that the privacy policy drops, or that only fetches ahead is no event.
 */
export class EventCounters {
  #received = 0;
  #inFlight = 0;
  /** Every code begins at 0: an alert on an increase does not see a counter that begins at 1. */
  readonly #ended = new Map<OutcomeCode, number>(OUTCOME_CODES.map((code) => [code, 0]));
  readonly #ignored = new Map<Ignored, number>([
    ['repeated', 0],
    ['dropped', 0],
    ['prefetch', 0],
  ]);

  get received(): number {
    return this.#received;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get ended(): ReadonlyMap<OutcomeCode, number> {
    return this.#ended;
  }

  get ignored(): ReadonlyMap<Ignored, number> {
    return this.#ignored;
  }

  receive(): void {
    this.#received += 1;
    this.#inFlight += 1;
  }

  end(code: OutcomeCode): void {
    this.#inFlight -= 1;
    this.#ended.set(code, (this.#ended.get(code) ?? 0) + 1);
  }

  ignore(reason: Ignored): void {
    this.#ignored.set(reason, (this.#ignored.get(reason) ?? 0) + 1);
  }
}

/**
 * The class of an outcome. A code that is no answer to an event counts as failed if it ends one.
 */
export function endingOf(code: OutcomeCode): Ending {
  if (code === 'acked') return 'acked';
  const answer = ANSWERS[code];
  return 'ending' in answer ? answer.ending : 'failed';
}
