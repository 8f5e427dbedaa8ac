import { isUtf8 } from 'node:buffer';

/** One record of the topic, as far as the ledger needs it. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  /** Kafka's own, ms since the epoch; -1 or absent where the record has none. */
  readonly timestamp?: number | undefined;
}

/** A line of a segment: `head` goes out as it is, then `tail`, which is ASCII and ends with the line feed. */
export interface Line {
  readonly head: Buffer;
  readonly tail: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const CLOSING_BRACE = 0x7d;

export const lineBytes = (line: Line): number => line.head.length + line.tail.length;

/** Writes the line at `at`; the caller has made room for `lineBytes`. Returns where the next one goes. */
export function writeLine(line: Line, into: Buffer, at: number): number {
  into.set(line.head, at);
  return at + line.head.length + into.latin1Write(line.tail, at + line.head.length);
}

/**
 * The line that stores a record: the value's own bytes with the partition and the offset added before the
 * closing brace. A value that cannot stand in a ledger of JSON lines becomes a line of its own kind instead, so
 * that every offset has its line and no partition ever stops for a poison record.
 *
 * The bytes must stay the same from one version to the next: recovery holds the last stored line against the
 * record that Kafka has at that offset.
 */
export function encodeLine(record: TopicRecord): Line {
  const position = `"kafka_partition":${record.partition},"kafka_offset":${record.offset}}\n`;
  const reason = whyRejected(record.value);
  if (reason !== undefined || record.value === null) {
    const value = record.value === null ? 'null' : `"${record.value.toString('base64')}"`;
    return {
      head: Buffer.from(`{"kafka_rejected":${JSON.stringify(reason)},"kafka_value":${value}`),
      tail: `,${position}`,
    };
  }
  const brace = record.value.lastIndexOf(CLOSING_BRACE);
  const head = record.value.subarray(0, brace);
  return { head, tail: isEmptyObject(head) ? position : `,${position}` };
}

/** Is this the line that stores a record Kafka would not let be a JSON object? */
export const isRejected = (line: Line): boolean => line.head.latin1Slice(0, 17) === '{"kafka_rejected"';

function whyRejected(value: Buffer | null): string | undefined {
  if (value === null) return 'no value';
  if (!isUtf8(value)) return 'not UTF-8';
  if (value.includes(LINE_FEED) || value.includes(CARRIAGE_RETURN)) return 'has a raw line break';
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.utf8Slice());
  } catch {
    return 'not JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'not a JSON object';
  for (const name of ['kafka_partition', 'kafka_offset', 'kafka_rejected']) {
    if (Object.hasOwn(parsed, name)) return `has a property of its own named ${name}`;
  }
  return undefined;
}

const isEmptyObject = (head: Buffer): boolean => head.length < 80 && head.latin1Slice().trim() === '{';

const POSITION = /"kafka_partition":(\d+),"kafka_offset":(\d+)\}\n$/;

/** Reads partition and offset from the end of a stored line; undefined where it is none of ours. */
export function readPosition(line: Buffer): { partition: number; offset: number } | undefined {
  const found = POSITION.exec(line.latin1Slice(Math.max(0, line.length - 80)));
  return found ? { partition: Number(found[1]), offset: Number(found[2]) } : undefined;
}

/** The time a stored line gives itself (the event's own `timestamp`), ms since the epoch. */
export function readTimestamp(line: Buffer): number | undefined {
  try {
    const parsed: unknown = JSON.parse(line.utf8Slice());
    const stamp = (parsed as { timestamp?: unknown } | null)?.timestamp;
    const ms = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
    return Number.isFinite(ms) ? ms : undefined;
  } catch {
    return undefined;
  }
}
