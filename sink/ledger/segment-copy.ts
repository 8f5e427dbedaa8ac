import type { FileSystem } from '../storage/file-system.ts';
import { LedgerError, StoreError } from './errors.ts';
import { LONGEST_LINE_BYTES } from './line.ts';
import { mayBeTornLine } from './torn-line.ts';

/** A copy reads and writes this many bytes at a time. */
const COPY_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

export interface SegmentCopy {
  readonly partition: number;
  /** The segment. */
  readonly path: string;
  /** The copy, which must not exist yet. */
  readonly copy: string;
}

/**
 * Replaces a segment by a copy of its complete lines, whose lease no client holds. A client that
 * holds the lease of the replaced file may go on writing to a file without a path. The sink reads a
 * line that only the replaced file has from Kafka again.
 *
 * @returns the length of the copy, bytes
 * @throws {StoreError} or the reason of the signal; after such a reason, nothing more is changed
 * @throws {LedgerError} where the copy would lack bytes that no sink has written
 */
export async function replaceByCopy(
  files: FileSystem,
  { partition, path, copy }: SegmentCopy,
  signal: AbortSignal,
): Promise<number> {
  const { copied, torn } = await copyCompleteLines(files, path, copy, signal);
  if (!mayBeTornLine(torn, partition)) throw foreign(path, torn.length);
  const status = await files.status(copy);
  if (status?.bytes !== copied) {
    throw new StoreError('unavailable', 'ShortCopy', `${copy} has ${status?.bytes} bytes, not ${copied}`);
  }
  signal.throwIfAborted();
  await files.replace(path, copy);
  return copied;
}

const foreign = (path: string, bytes: number): LedgerError =>
  new LedgerError(`the last ${bytes} bytes of ${path} are no beginning of a line of a sink`);

/** Resolves with the number of bytes copied, and with the torn line behind them. */
async function copyCompleteLines(
  files: FileSystem,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<{ readonly copied: number; readonly torn: Buffer }> {
  const length = await files.readableBytes(from);
  signal.throwIfAborted();
  await files.create(to);
  let copied = 0;
  let torn: Buffer[] = [];
  for (let at = 0; at < length; ) {
    const piece = await files.read(from, at, Math.min(COPY_BYTES, length - at));
    signal.throwIfAborted();
    at += piece.length;
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = [...torn, piece.subarray(0, end)];
      await files.append(to, lines);
      copied += lines.reduce((sum, { length: bytes }) => sum + bytes, 0);
      torn = [];
    }
    if (end < piece.length) torn.push(piece.subarray(end));
    if (torn.length * COPY_BYTES > LONGEST_LINE_BYTES + COPY_BYTES) throw foreign(from, length - copied);
  }
  await files.finish(to);
  return { copied, torn: Buffer.concat(torn) };
}
