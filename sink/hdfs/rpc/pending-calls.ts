import { HdfsError, timedOut } from '../wire/errors.ts';

interface PendingCall {
  readonly what: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface AddedCall {
  readonly callId: number;
  /** Names the call in error messages. */
  readonly what: string;
  readonly timeoutMs: number;
}

/** The calls of one connection that wait for their answers, each with its own deadline. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  readonly #onLate: (error: HdfsError) => void;

  /** @param onLate called when the deadline of a call has passed; the call is still pending */
  constructor(onLate: (error: HdfsError) => void) {
    this.#onLate = onLate;
  }

  /** Resolves with the body of the answer. */
  add({ callId, what, timeoutMs }: AddedCall): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onLate(timedOut(what, timeoutMs)), timeoutMs);
      this.#calls.set(callId, { what, timer, resolve, reject });
    });
  }

  /** The name of a pending call; undefined where no such call is pending. */
  nameOf(callId: number): string | undefined {
    return this.#calls.get(callId)?.what;
  }

  resolve(callId: number, response: Uint8Array): void {
    this.#take(callId)?.resolve(response);
  }

  reject(callId: number, error: Error): void {
    this.#take(callId)?.reject(error);
  }

  /** Rejects all calls, because the connection has ended. */
  rejectAll(failure: Error): void {
    for (const callId of [...this.#calls.keys()]) {
      const call = this.#take(callId);
      call?.reject(named(call.what, failure));
    }
  }

  #take(callId: number): PendingCall | undefined {
    const call = this.#calls.get(callId);
    clearTimeout(call?.timer);
    this.#calls.delete(callId);
    return call;
  }
}

/** The end of the connection, with the name of a call that ended with it. */
function named(what: string, failure: Error): Error {
  if (!(failure instanceof HdfsError) || failure.message.startsWith(what)) return failure;
  return new HdfsError(failure.kind, failure.reason, `${what}: ${failure.message}`, { cause: failure });
}
