import type { FileSystem } from '../storage/file-system.ts';
import { StoreError } from './errors.ts';

/** What a copy reads and writes at a time. */
const COPY_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

export interface SegmentCopy {
  /** The segment. */
  readonly path: string;
  /** The copy, which must not exist yet. */
  readonly copy: string;
}

/**
 * Gives a segment's complete lines a file that nobody holds, in its place. Whoever holds the old one, and whatever still comes
 * of that, goes on in a file that is no more; a line that it has and the copy has not is read from Kafka again.
 *
 * @returns the bytes that the copy has
 * @throws {StoreError} and the signal's reason, whereafter nothing is changed
 */
export async function replaceByCopy(
  files: FileSystem,
  { path, copy }: SegmentCopy,
  signal: AbortSignal,
): Promise<number> {
  const copied = await copyCompleteLines(files, path, copy, signal);
  const status = await files.status(copy);
  if (status?.bytes !== copied) {
    throw new StoreError('unavailable', 'ShortCopy', `${copy} has ${status?.bytes} bytes, not ${copied}`);
  }
  signal.throwIfAborted();
  await files.replace(path, copy);
  return copied;
}

/** Resolves with the bytes copied. */
async function copyCompleteLines(
  files: FileSystem,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<number> {
  const length = await files.readableBytes(from);
  signal.throwIfAborted();
  await files.create(to);
  let written = 0;
  let torn: Buffer[] = [];
  for (let at = 0; at < length; ) {
    const piece = await files.read(from, at, Math.min(COPY_BYTES, length - at));
    signal.throwIfAborted();
    at += piece.length;
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = [...torn, piece.subarray(0, end)];
      await files.append(to, lines);
      written += lines.reduce((sum, { length: bytes }) => sum + bytes, 0);
      torn = [];
    }
    if (end < piece.length) torn.push(piece.subarray(end));
  }
  await files.finish(to);
  return written;
}
