import { StoreError } from '../../../sink/ledger/errors.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from '../../../sink/ledger/store.ts';

export type StoreMethod = Exclude<keyof Store, 'leave' | 'close'>;

/**
 * How a call fails:
 *
 * - `before`: the call fails, and is never applied.
 * - `after`: the call is applied, but its answer is lost.
 * - `late`: the call fails at once as if timed out, and is applied at `release`.
 * - `hang`: the call is applied and answered at `release`.
 * - `half`: the connection of an append is cut midway, so half of its bytes are applied.
 */
export interface Fault {
  readonly at: 'before' | 'after' | 'late' | 'hang' | 'half';
  /** The error of the call; an unavailable store when left out. */
  readonly error?: StoreError;
}

export interface StoreCall {
  readonly method: StoreMethod;
  readonly token: string;
}

/** The outcome of a late or hanging call when it was applied at last. */
export type LateOutcome = { readonly applied: true } | { readonly applied: false; readonly error: unknown };

/**
 * A store that fails on command. It owns the calls that it holds back. `release` applies these in
 * the order in which they were made, and returns their outcomes. Every other call goes to the real
 * store behind it.
 */
export class FailingStore implements Store {
  readonly calls: StoreCall[] = [];
  /** Called for each call that `failNext` has no fault for. */
  chance: (method: StoreMethod) => Fault | undefined = () => undefined;
  readonly #inner: Store;
  readonly #planned: { readonly method: StoreMethod; readonly fault: Fault }[] = [];
  #busy = 0;
  #held: (() => Promise<LateOutcome>)[] = [];

  constructor(inner: Store) {
    this.#inner = inner;
  }

  /** The number of calls that are held back. */
  get held(): number {
    return this.#held.length;
  }

  /** The number of calls that the real store has under way. */
  get busy(): number {
    return this.#busy;
  }

  /** Makes the next call of the method fail. Several faults of a method come one after another. */
  failNext(method: StoreMethod, fault: Fault): void {
    this.#planned.push({ method, fault });
  }

  count(method: StoreMethod): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Applies the calls that were held back. */
  async release(): Promise<LateOutcome[]> {
    const outcomes: LateOutcome[] = [];
    for (const apply of this.#held.splice(0)) outcomes.push(await apply());
    return outcomes;
  }

  claim(claim: Claim, signal?: AbortSignal): Promise<void> {
    return this.#call('claim', claim, () => this.#inner.claim(claim, signal));
  }

  topicId(claim: Claim): Promise<string | undefined> {
    return this.#call('topicId', claim, () => this.#inner.topicId(claim));
  }

  noteTopicId(claim: Claim, id: string): Promise<void> {
    return this.#call('noteTopicId', claim, () => this.#inner.noteTopicId(claim, id));
  }

  segments(claim: Claim): Promise<readonly OpenSegment[]> {
    return this.#call('segments', claim, () => this.#inner.segments(claim));
  }

  recoverLease(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined> {
    return this.#call('recoverLease', claim, () => this.#inner.recoverLease(claim, first, signal));
  }

  read(claim: Claim, first: number, at: number, bytes: number): Promise<Buffer> {
    return this.#call('read', claim, () => this.#inner.read(claim, first, at, bytes));
  }

  truncate(claim: Claim, first: number, bytes: number): Promise<void> {
    return this.#call('truncate', claim, () => this.#inner.truncate(claim, first, bytes));
  }

  create(claim: Claim, first: number): Promise<void> {
    return this.#call('create', claim, () => this.#inner.create(claim, first));
  }

  append(claim: Claim, first: number, chunks: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat([...chunks]);
    const half = bytes.subarray(0, bytes.length / 2);
    return this.#call(
      'append',
      claim,
      () => this.#inner.append(claim, first, chunks),
      () => this.#inner.append(claim, first, [half]),
    );
  }

  finish(claim: Claim, first: number): Promise<void> {
    return this.#call('finish', claim, () => this.#inner.finish(claim, first));
  }

  publish(claim: Claim, segment: FinishedSegment): Promise<void> {
    return this.#call('publish', claim, () => this.#inner.publish(claim, segment));
  }

  leave(claim: Claim): Promise<void> {
    return this.#inner.leave(claim);
  }

  close(): void {
    this.#inner.close();
  }

  async #call<T>(
    method: StoreMethod,
    { token }: Claim,
    apply: () => Promise<T>,
    applyHalf: () => Promise<T> = apply,
  ): Promise<T> {
    this.calls.push({ method, token });
    const fault = this.#faultFor(method);
    if (!fault) return this.#track(apply);
    if (fault.at === 'hang') return this.#holdBack(apply);
    if (fault.at === 'late') this.#holdBack(apply).catch(() => {});
    if (fault.at === 'after') await this.#track(apply);
    if (fault.at === 'half') await this.#track(applyHalf);
    throw fault.error ?? new StoreError('unavailable', 'Injected', `${method}: on command, ${fault.at}`);
  }

  async #track<T>(apply: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    return apply().finally(() => {
      this.#busy -= 1;
    });
  }

  #faultFor(method: StoreMethod): Fault | undefined {
    const index = this.#planned.findIndex((plan) => plan.method === method);
    return index < 0 ? this.chance(method) : this.#planned.splice(index, 1)[0]?.fault;
  }

  #holdBack<T>(apply: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#held.push(async () => {
        try {
          resolve(await this.#track(apply));
          return { applied: true };
        } catch (error) {
          reject(error);
          return { applied: false, error };
        }
      });
    });
  }
}
