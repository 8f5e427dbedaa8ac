import { LedgerError, StoreError } from '../ledger/errors.ts';

/** How a claim ended, with the session that it had. */
export type ClaimEnd =
  /** The partition is drained, or it is not ours any more. */
  | { readonly kind: 'over' }
  /** The drain failed. The next owner reads the rest again. */
  | { readonly kind: 'undrained'; readonly error: unknown }
  /** Kafka and HDFS contradict each other. An operator has to look. */
  | { readonly kind: 'contradiction'; readonly error: LedgerError }
  /** Only a new claim can tell what is durable. */
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** A word for metrics and health reports. */
      readonly reason: string;
      /** Whether another writer has fenced this one. */
      readonly isFenced: boolean;
    };

/** Decides what an error of a claim or of its session means to the partition's writer. */
export function endByError(
  error: unknown,
  { isReleased, isDraining }: { readonly isReleased: boolean; readonly isDraining: boolean },
): ClaimEnd {
  if (isReleased) return { kind: 'over' };
  if (isDraining) return { kind: 'undrained', error };
  if (error instanceof LedgerError) return { kind: 'contradiction', error };
  return { kind: 'failed', error, reason: reasonOf(error), isFenced: isFence(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof StoreError) return error.reason;
  const code = error instanceof Object && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? `Kafka ${code}` : 'unexpected';
}

const isFence = (error: unknown): boolean => error instanceof StoreError && error.kind === 'fenced';
