import { setTimeout as delay } from 'node:timers/promises';
import {
  type HdfsFault,
  isTarget,
  type LateOutcome,
  type PassingRequest,
  type Target,
} from './hdfs-fault.ts';

/** The answer of HDFS to a request. */
export interface PassingAnswer {
  readonly applied: boolean;
  /** Sends the answer to the client. */
  pass(): void;
}

/** One whole request of a client that waits for the answer of HDFS. */
export interface Passage {
  /** The same object where the client repeats the request with the same id. */
  readonly request: PassingRequest;
  /** Sends the whole request to HDFS. @throws where HDFS does not answer */
  forward(): Promise<PassingAnswer>;
  /** Sends this many bytes to HDFS, then closes that connection. */
  cut(atBytes: number): Promise<void>;
  /** Sends this many bytes to HDFS. Resolves with a function that ends the connection. */
  leaveHalfOpen(atBytes: number): Promise<() => void>;
  /** Until the request is forwarded, HDFS does not learn what the client does, nor that it left. */
  holdBack(): void;
  /** Closes the client's connection without an answer. */
  breakOff(): void;
}

interface Rule {
  readonly target: Target;
  readonly fault: HdfsFault;
  /** How many more requests go wrong. */
  left: number;
}

/**
 * Injects faults into requests, in any protocol.
 *
 * It owns the rules, the requests that are held back, and the connections that are kept half-open.
 * A repetition with the same id meets the same fault, unless the fault says that repetitions pass.
 */
export abstract class FaultyPassage {
  /** Chooses the fault of a request that no rule matches. */
  chance: (request: PassingRequest) => HdfsFault | undefined = () => undefined;
  /** How often each fault was injected, by fault and operation: `cut APPEND`. */
  readonly injected = new Map<string, number>();
  readonly #befallen = new WeakMap<PassingRequest, HdfsFault>();
  #rules: Rule[] = [];
  #held: (() => Promise<LateOutcome>)[] = [];
  #halfOpen: (() => void)[] = [];

  /** The value for `HDFS_URL` of a sink. */
  abstract get url(): string;

  abstract close(): Promise<void>;

  /** How many requests are held back. */
  get held(): number {
    return this.#held.length;
  }

  /**
   * From now on each matching request goes wrong, or the first `times` of them. Older rules go
   * first.
   */
  rule(target: Target, fault: HdfsFault, times = Number.POSITIVE_INFINITY): Readonly<Rule> {
    const rule = { target, fault, left: times };
    this.#rules.push(rule);
    return rule;
  }

  /** The next matching request goes wrong. */
  next(target: Target, fault: HdfsFault): Readonly<Rule> {
    return this.rule(target, fault, 1);
  }

  /** No more requests go wrong. Requests that are held back stay so. */
  heal(): void {
    this.#rules = [];
    this.chance = () => undefined;
  }

  /** Forwards the requests that were held back, in order, and ends half-open connections. */
  async release(): Promise<LateOutcome[]> {
    for (const end of this.#halfOpen.splice(0)) end();
    const outcomes: LateOutcome[] = [];
    for (const apply of this.#held.splice(0)) outcomes.push(await apply());
    return outcomes;
  }

  faultFor(request: PassingRequest): HdfsFault | undefined {
    const before = this.#befallen.get(request);
    if (before) return before;
    const rule = this.#rules.find(({ target, left }) => left > 0 && isTarget(target, request));
    const fault = rule ? rule.fault : this.chance(request);
    if (rule) rule.left -= 1;
    if (fault === undefined) return undefined;
    const name = `${fault.kind} ${request.op}`;
    this.injected.set(name, (this.injected.get(name) ?? 0) + 1);
    if (befallsRepetitions(fault)) this.#befallen.set(request, fault);
    return fault;
  }

  /** @throws where HDFS does not answer */
  async meet(fault: HdfsFault | undefined, passage: Passage): Promise<void> {
    switch (fault?.kind) {
      case undefined:
        return (await passage.forward()).pass();
      case 'refuse':
        return passage.breakOff();
      case 'swallow':
        await passage.forward();
        return passage.breakOff();
      case 'hold':
        passage.holdBack();
        this.#held.push(() => applyLate(passage));
        return;
      case 'cut':
        await passage.cut(fault.atBytes);
        return passage.breakOff();
      case 'half-open':
        this.#halfOpen.push(await passage.leaveHalfOpen(fault.atBytes));
        return;
      case 'delay':
        await delay(fault.ms);
        return (await passage.forward()).pass();
      case 'before':
        await fault.act();
        return (await passage.forward()).pass();
      case 'after': {
        const answer = await passage.forward();
        await fault.act();
        return answer.pass();
      }
    }
  }

  protected endHalfOpen(): void {
    for (const end of this.#halfOpen.splice(0)) end();
  }
}

function befallsRepetitions(fault: HdfsFault): boolean {
  if (fault.kind === 'before' || fault.kind === 'after') return false;
  return !('repetition' in fault) || fault.repetition !== 'passes';
}

async function applyLate(passage: Passage): Promise<LateOutcome> {
  const answer = await passage.forward().catch(() => undefined);
  answer?.pass();
  return { request: passage.request, applied: answer?.applied };
}
