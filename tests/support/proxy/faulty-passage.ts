import { setTimeout as delay } from 'node:timers/promises';
import {
  type HdfsFault,
  isTarget,
  type LateOutcome,
  type PassingRequest,
  type Target,
} from './hdfs-fault.ts';

/** What HDFS said to a request. */
export interface PassingAnswer {
  readonly applied: boolean;
  /** Hands it to whoever asked. */
  pass(): void;
}

/** One request, read whole, between a client that waits for its answer and HDFS. */
export interface Passage {
  /** The same one where it is asked again under the same id. */
  readonly request: PassingRequest;
  /** All of it reaches HDFS. @throws where HDFS does not answer */
  forward(): Promise<PassingAnswer>;
  /** So many bytes reach HDFS, before its connection ends. */
  cut(atBytes: number): Promise<void>;
  /** So many bytes reach HDFS. Resolves with what ends the connection. */
  leaveHalfOpen(atBytes: number): Promise<() => void>;
  /** Nothing that its client does now, not even to go away, reaches HDFS before it does. */
  holdBack(): void;
  /** The client's connection ends, without an answer. */
  breakOff(): void;
}

interface Rule {
  readonly target: Target;
  readonly fault: HdfsFault;
  /** Requests that are still to go wrong. */
  left: number;
}

/**
 * What lets requests go wrong on command, whatever protocol they come in. It owns the rules, the requests that are held
 * back, and the connections that are kept half-open. What befell a request befalls it again where it is
 * repeated under the same id, unless the fault says otherwise.
 */
export abstract class FaultyPassage {
  /** Asked where no rule fits. */
  chance: (request: PassingRequest) => HdfsFault | undefined = () => undefined;
  /** How often what went wrong: `cut APPEND`. */
  readonly injected = new Map<string, number>();
  readonly #befallen = new WeakMap<PassingRequest, HdfsFault>();
  #rules: Rule[] = [];
  #held: (() => Promise<LateOutcome>)[] = [];
  #halfOpen: (() => void)[] = [];

  /** For HDFS_URL. */
  abstract get url(): string;

  abstract close(): Promise<void>;

  /** Requests held back. */
  get held(): number {
    return this.#held.length;
  }

  /** Every request that fits goes wrong from now on, or so many of them. Rules are asked in the order they were made. */
  rule(target: Target, fault: HdfsFault, times = Number.POSITIVE_INFINITY): Readonly<Rule> {
    const rule = { target, fault, left: times };
    this.#rules.push(rule);
    return rule;
  }

  /** The next request that fits goes wrong. */
  next(target: Target, fault: HdfsFault): Readonly<Rule> {
    return this.rule(target, fault, 1);
  }

  /** Nothing goes wrong any more; what is held back stays so. */
  heal(): void {
    this.#rules = [];
    this.chance = () => undefined;
  }

  /** HDFS gets what was held back, in the order it was asked for, and half-open connections end. */
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
