import { FileSystemError } from '../storage/errors.ts';
import { StoreError, type StoreErrorKind } from './errors.ts';

/**
 * The error of a request to a claimed path. A claim renames the folder of the claim before it, so a
 * path that is gone means: another claim has fenced this one.
 */
export const claimedError = (error: unknown): unknown => storeError(error, 'fenced');

/** The error of a request to another path. A path that is gone there is a passing fault. */
export const unclaimedError = (error: unknown): unknown => storeError(error, 'unavailable');

function storeError(error: unknown, ifMissing: StoreErrorKind): unknown {
  if (!(error instanceof FileSystemError)) return error;
  const kind = error.kind === 'missing' ? ifMissing : error.kind;
  return new StoreError(kind, error.reason, error.message, { cause: error });
}
