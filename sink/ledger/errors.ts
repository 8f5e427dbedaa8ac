/**
 * What a failed call to the store means to the writer:
 *
 * - `fenced`: the claimed folder is gone from under our token; somebody claimed after us.
 * - `exists`: the name is taken.
 * - `refused`: an operator has to mend something (permission, quota, erasure coding); asking again later is right.
 * - `unavailable`: a passing fault, or no answer.
 *
 * None of them says that a changing request was not applied.
 */
export type StoreErrorKind = 'fenced' | 'exists' | 'refused' | 'unavailable';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** The remote exception's class or the socket's error code, for logs. */
  readonly reason: string;

  constructor(kind: StoreErrorKind, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.reason = reason;
  }
}

/** The partition cannot go on without an operator: what HDFS holds and what Kafka holds contradict each other. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}
