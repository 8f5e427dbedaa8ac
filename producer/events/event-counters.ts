import { ANSWERS, type Ending, type ErrorCode } from './errors.ts';

/** How an event that was received ended: `acked`, or the code of its problem. */
export type OutcomeCode = 'acked' | ErrorCode;
/** Why a request for an event is not counted as one. */
export type Ignored = 'repeated' | 'dropped' | 'prefetch';

const CODES = ['acked', ...codesOfEvents()] as const;

function codesOfEvents(): ErrorCode[] {
  return (Object.keys(ANSWERS) as ErrorCode[]).filter((code) => 'ending' in ANSWERS[code]);
}

/**
 * Owns the count of every event: at every instant `received` is what ended, by how it ended, and what is in flight. No
 * event is counted twice, and none is counted that was only repeated, dropped by policy, or fetched ahead.
 */
export class EventCounters {
  #received = 0;
  #inFlight = 0;
  /** From 0 on: who watches for an increase does not see one that begins with the first. */
  readonly #ended = new Map<OutcomeCode, number>(CODES.map((outcome) => [outcome, 0]));
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

  end(outcome: OutcomeCode): void {
    this.#inFlight -= 1;
    this.#ended.set(outcome, (this.#ended.get(outcome) ?? 0) + 1);
  }

  ignore(reason: Ignored): void {
    this.#ignored.set(reason, (this.#ignored.get(reason) ?? 0) + 1);
  }
}

/** The class of an outcome; what is no answer to an event fails where it ends one all the same. */
export function endingOf(outcome: OutcomeCode): Ending {
  if (outcome === 'acked') return 'acked';
  const answer = ANSWERS[outcome];
  return 'ending' in answer ? answer.ending : 'failed';
}
