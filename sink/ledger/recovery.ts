import { LedgerError } from './errors.ts';
import { hourOf, hourStartMs } from './layout.ts';
import { readPosition, readTimestamp } from './line.ts';
import type { FinishedSegment } from './store.ts';
import { mayBeTornLine } from './torn-line.ts';

/** The end of a segment. */
export interface Tail {
  /** The length up to the last line feed, bytes. */
  readonly completeBytes: number;
  /** The last line; undefined where the segment has none. */
  readonly lastLine: Buffer | undefined;
  /** The bytes after the last line feed: of an append that was cut short. */
  readonly torn: Buffer;
}

/** The end of a segment, as far as a window shows it. */
export type SeenTail =
  | ({ readonly kind: 'found' } & Tail)
  /** The last complete line begins before the window. */
  | { readonly kind: 'look-further' };

const LINE_FEED = 0x0a;

/**
 * Finds the last complete line in the last bytes of a segment.
 *
 * @param window the bytes from `at` to the segment's end
 */
export function inspectTail(window: Buffer, at: number): SeenTail {
  const end = window.lastIndexOf(LINE_FEED) + 1;
  if (end === 0) {
    if (at > 0) return { kind: 'look-further' };
    return { kind: 'found', completeBytes: 0, lastLine: undefined, torn: window };
  }
  const start = end < 2 ? 0 : window.lastIndexOf(LINE_FEED, end - 2) + 1;
  if (start === 0 && at > 0) return { kind: 'look-further' };
  const [lastLine, torn] = [window.subarray(start, end), window.subarray(end)];
  return { kind: 'found', completeBytes: at + end, lastLine, torn };
}

/**
 * Checks that a sink has written the end of a segment. Before this, nothing of the segment may be
 * cut.
 *
 * @throws {LedgerError}
 */
export function checkTail(partition: number, first: number, { lastLine, torn }: Tail): void {
  if (lastLine) lastOffset(partition, first, lastLine);
  if (torn.length === 0 || mayBeTornLine(torn, partition)) return;
  throw new LedgerError(
    `segment ${first} ends with ${torn.length} bytes that are no beginning of a line of partition ${partition}: ` +
      'another program has written them, and nothing was changed',
  );
}

/**
 * The offset of a segment's last line.
 * @throws {LedgerError} where the line is none of this partition's
 */
export function lastOffset(partition: number, first: number, lastLine: Buffer): number {
  const position = readPosition(lastLine);
  if (position?.partition !== partition || position.offset < first) {
    const shown = lastLine.toString('utf8', 0, 200).trimEnd();
    throw new LedgerError(`the last line of segment ${first} is none of partition ${partition}: ${shown}`);
  }
  return position.offset;
}

/**
 * The hour of a segment that a claim found, and the time of its first line. The lines do not store
 * Kafka's timestamps. The timestamps of the events are the same instants, so the first line with a
 * timestamp tells the time. The file was changed after the event was made. So a timestamp after the
 * last change of the file does not count.
 *
 * @param head the first bytes of the segment, which may end within a line
 */
export function segmentTime(
  head: Buffer,
  modifiedMs: number,
  notBeforeHour: number | undefined,
): { hour: number; sinceMs: number } {
  const sinceMs = Math.min(firstTimestamp(head) ?? modifiedMs, modifiedMs);
  const hour = Math.max(hourOf(sinceMs), notBeforeHour ?? Number.NEGATIVE_INFINITY);
  return { hour, sinceMs: Math.max(sinceMs, hourStartMs(hour)) };
}

function firstTimestamp(head: Buffer): number | undefined {
  for (let start = 0; ; ) {
    const end = head.indexOf(LINE_FEED, start) + 1;
    if (end === 0) return undefined;
    const timestampMs = readTimestamp(head.subarray(start, end));
    if (timestampMs !== undefined) return timestampMs;
    start = end;
  }
}

/**
 * Checks the names of the segments. Each name is the offset after the last line of the segment
 * before. Any other name means that a segment is missing, or that another program wrote into the
 * folder.
 *
 * @throws {LedgerError}
 */
export function checkChain(finished: readonly FinishedSegment[], newest: number): void {
  const firsts = [...finished.slice(1).map((segment) => segment.first), newest];
  finished.forEach((segment, index) => {
    if (firsts[index] === segment.last + 1) return;
    throw new LedgerError(
      `segment ${segment.first} ends with offset ${segment.last}, but the next one is called ${firsts[index]}`,
    );
  });
}

/** How a claimed ledger fits the topic. */
export type Fit =
  | { readonly kind: 'fits' }
  /** Kafka no longer has the next records: it dropped `missing` offsets before they were stored. */
  | { readonly kind: 'gap'; readonly missing: number }
  /** The topic ends before the next offset: it was made anew. */
  | { readonly kind: 'beyond-end' };

/** @param next the offset after the last stored line */
export function compareWithTopic(next: number, watermarks: { low: number; high: number }): Fit {
  if (next > watermarks.high) return { kind: 'beyond-end' };
  if (next < watermarks.low) return { kind: 'gap', missing: watermarks.low - next };
  return { kind: 'fits' };
}
