import type { Logger } from 'pino';
import type { FileSystem } from '../storage/file-system.ts';
import { replaceByCopy, type SegmentCopy } from './segment-copy.ts';

export interface LeaseRecoveryOptions extends SegmentCopy {
  /** How long a client may hold the lease before the copy replaces the segment, ms. */
  readonly copyAfterMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Waits until no client holds the lease of the segment, or replaces the segment by a copy. Resolves
 * with the length of the segment, bytes; undefined where the server does not tell it.
 *
 * @throws {StoreError} or the reason of the signal
 * @throws {LedgerError} where other programs have written the end of the segment
 */
export async function recoverOrCopy(
  files: FileSystem,
  { partition, path, copy, copyAfterMs, signal, log }: LeaseRecoveryOptions,
): Promise<number | undefined> {
  const late = AbortSignal.timeout(copyAfterMs);
  try {
    return await files.recoverLease(path, AbortSignal.any([signal, late]));
  } catch (error) {
    if (!isAbortBy(late, error)) throw error;
  }
  const waited = `${copyAfterMs / 1_000} s`;
  log.warn(
    { path, waitedMs: copyAfterMs },
    `segment lease not released within ${waited}; replacing it by a copy`,
  );
  const bytes = await replaceByCopy(files, { partition, path, copy }, signal);
  log.warn({ path, bytes }, 'segment replaced by a copy of its complete lines');
  return files.recoverLease(path, signal);
}

/** Whether the call rejected because of this signal, and of no other. */
function isAbortBy({ aborted, reason }: AbortSignal, error: unknown): boolean {
  return aborted && error instanceof Error && error.cause === reason;
}
