/**
 * What a failed call to the store means to the partition's writer:
 *
 * - `fenced`: the folder of the claim is gone. Another claim renamed it.
 * - `exists`: the name is taken.
 * - `refused`: an operator has to act (permission, quota, erasure coding). A later call may
 *   succeed.
 * - `unavailable`: a passing fault, or no answer.
 *
 * No kind says that HDFS has not applied a changing request.
 */
export type StoreErrorKind = 'fenced' | 'exists' | 'refused' | 'unavailable';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** The class of the remote exception, or the error code of the socket: for logs and metrics. */
  readonly reason: string;

  constructor(kind: StoreErrorKind, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.reason = reason;
  }
}

/** HDFS and Kafka contradict each other. The partition needs an operator before it can go on. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}
