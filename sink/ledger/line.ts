import { isUtf8 } from 'node:buffer';

/** One record of the topic, with the fields that the ledger needs. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  /** Kafka's timestamp, ms since the epoch; -1 or absent where the record has none. */
  readonly timestamp?: number | undefined;
}

/**
 * A line of a segment: the bytes of `head`, then `tail`, which is ASCII and ends with a line feed.
 */
export interface Line {
  readonly head: Buffer;
  readonly tail: string;
  /** Whether the line keeps the value as base64, since the value is no JSON object for a line. */
  readonly rejected: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const CLOSING_BRACE = 0x7d;
const OWN_NAMES = ['kafka_partition', 'kafka_offset', 'kafka_rejected'];

export const lineBytes = (line: Line): number => line.head.length + line.tail.length;

/**
 * Writes the line at `at`. The caller has made room for `lineBytes`. Returns the place of the next
 * line.
 */
export function writeLine(line: Line, into: Buffer, at: number): number {
  into.set(line.head, at);
  const tailAt = at + line.head.length;
  return tailAt + into.write(line.tail, tailAt, 'latin1');
}

/**
 * The line that stores a record: the bytes of the value, with the partition and the offset added
 * before the closing brace. A value that is no JSON object for a line becomes a line of another
 * kind. So every offset has a line, and no record stops its partition.
 *
 * Every version of the sink must make the same bytes. Recovery compares the last stored line with
 * the record that Kafka has at that offset.
 */
export function encodeLine(record: TopicRecord): Line {
  const position = `"kafka_partition":${record.partition},"kafka_offset":${record.offset}}\n`;
  const found = inspect(record.value);
  if (found.kind === 'rejected') {
    const value = record.value === null ? 'null' : `"${record.value.toString('base64')}"`;
    return {
      head: Buffer.from(`{"kafka_rejected":"${found.reason}","kafka_value":${value}`),
      tail: `,${position}`,
      rejected: true,
    };
  }
  const head = found.value.subarray(0, found.value.lastIndexOf(CLOSING_BRACE));
  return { head, tail: found.empty ? position : `,${position}`, rejected: false };
}

type Inspection =
  | { readonly kind: 'object'; readonly value: Buffer; readonly empty: boolean }
  | { readonly kind: 'rejected'; readonly reason: string };

const rejected = (reason: string): Inspection => ({ kind: 'rejected', reason });

function inspect(value: Buffer | null): Inspection {
  if (value === null) return rejected('no value');
  if (!isUtf8(value)) return rejected('not UTF-8');
  if (value.includes(LINE_FEED) || value.includes(CARRIAGE_RETURN)) return rejected('has a raw line break');
  const object = parseObject(value);
  if (object === undefined) return rejected('not a JSON object');
  const taken = OWN_NAMES.find((name) => Object.hasOwn(object, name));
  if (taken !== undefined) return rejected(`has a property named ${taken}`);
  return { kind: 'object', value, empty: Object.keys(object).length === 0 };
}

function parseObject(json: Buffer): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json.toString());
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const POSITION = /"kafka_partition":(\d+),"kafka_offset":(\d+)\}\n$/;

/** The partition and the offset at the end of a stored line; undefined where the line has none. */
export function readPosition(line: Buffer): { partition: number; offset: number } | undefined {
  const found = POSITION.exec(line.toString('latin1', Math.max(0, line.length - 80)));
  return found ? { partition: Number(found[1]), offset: Number(found[2]) } : undefined;
}

/**
 * The `timestamp` of the event in a stored line, ms since the epoch. Undefined where the line has
 * none, or one before the epoch.
 */
export function readTimestamp(line: Buffer): number | undefined {
  const object = parseObject(line);
  const stamp = object && 'timestamp' in object ? object.timestamp : undefined;
  const ms = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
  return ms >= 0 ? ms : undefined;
}
