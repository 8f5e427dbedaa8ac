import { StoreError } from '../../../sink/ledger/errors.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from '../../../sink/ledger/store.ts';

export type StoreMethod = Exclude<keyof Store, 'leave' | 'close'>;

/**
 * How a call goes wrong:
 *
 * - `before`: fails, and is never applied.
 * - `after`: is applied, but its answer is swallowed.
 * - `late`: fails at once as if timed out, and is applied when released.
 * - `hang`: is applied and answered when released.
 * - `half`: an append whose connection is cut midway: half of its bytes are applied.
 */
export interface Fault {
  readonly at: 'before' | 'after' | 'late' | 'hang' | 'half';
  /** Instead of a passing one. */
  readonly error?: StoreError;
}

export interface StoreCall {
  readonly method: StoreMethod;
  readonly token: string;
}

/** What a late or hanging call came to when it was applied at last. */
export type LateOutcome = { readonly applied: true } | { readonly applied: false; readonly error: unknown };

/**
 * A store that fails on command. It owns the calls it holds back: they wait until `release`, which applies them in
 * the order they were made and tells what came of each. Everything else goes to the real store behind it.
 */
export class FailingStore implements Store {
  readonly calls: StoreCall[] = [];
  /** Asked at every call that no `failNext` is for. */
  chance: (method: StoreMethod) => Fault | undefined = () => undefined;
  readonly #inner: Store;
  readonly #planned: { readonly method: StoreMethod; readonly fault: Fault }[] = [];
  #busy = 0;
  #held: (() => Promise<LateOutcome>)[] = [];

  constructor(inner: Store) {
    this.#inner = inner;
  }

  /** Calls that wait to be applied. */
  get held(): number {
    return this.#held.length;
  }

  /** Calls that the real store has under way. */
  get busy(): number {
    return this.#busy;
  }

  /** The next call of the method goes wrong; several of these come one after another. */
  failNext(method: StoreMethod, fault: Fault): void {
    this.#planned.push({ method, fault });
  }

  count(method: StoreMethod): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Applies what was held back. */
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

  settle(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined> {
    return this.#call('settle', claim, () => this.#inner.settle(claim, first, signal));
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
