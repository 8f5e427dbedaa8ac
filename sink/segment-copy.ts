import { StoreError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { copyPath } from './segment.ts';

/** What a copy reads and writes at a time. */
const COPY_BYTES = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Gives a segment's complete lines a file that nobody holds, in its place. Whoever holds the old one, and whatever still comes
 * of that, goes on in a file that is no more; a line that it has and the copy has not is read from Kafka again.
 *
 * @throws {StoreError} and the signal's reason, whereafter nothing is changed
 */
export async function replaceByCopy(files: FileSystem, path: string, signal: AbortSignal): Promise<void> {
  const copy = copyPath(path);
  const copied = await copyCompleteLines(files, path, copy, signal);
  const status = await files.status(copy);
  if (status?.bytes !== copied) {
    throw new StoreError('unavailable', 'ShortCopy', `${copy} has ${status?.bytes} bytes, not ${copied}`);
  }
  signal.throwIfAborted();
  await files.replace(path, copy);
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
  let torn = Buffer.alloc(0);
  for (let at = 0; at < length; ) {
    const piece = await files.read(from, at, Math.min(COPY_BYTES, length - at));
    signal.throwIfAborted();
    at += piece.length;
    const bytes = Buffer.concat([torn, piece]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) await files.append(to, [bytes.subarray(0, end)]);
    written += end;
    torn = bytes.subarray(end);
  }
  await files.finish(to);
  return written;
}
