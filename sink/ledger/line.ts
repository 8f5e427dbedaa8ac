import { isUtf8 } from 'node:buffer';
import { ambiguityIn } from './ambiguity.ts';

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
/** The names that every version of the sink has refused. */
const TAKEN_NAMES = ['kafka_partition', 'kafka_offset', 'kafka_rejected'];
/**
 * A longer text without a line feed is no line of a sink, whatever the largest record of the
 * broker.
 */
export const LONGEST_LINE_BYTES = 256 * 1_048_576;

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
 * What an older version has stored must still be recognised: see `isLineOf`.
 */
export function encodeLine(record: TopicRecord): Line {
  return lineFor(record, withoutAmbiguity(inspect(record.value)));
}

/**
 * Whether a sink stores this line for the record, or stored it in an older version. Recovery
 * compares the last stored line with the record that Kafka has at that offset. Up to 0.1.0 the
 * bytes of an ambiguous object were kept.
 */
export const isLineOf = (line: Buffer, record: TopicRecord): boolean =>
  linesOf(record).some(
    ({ head, tail }) =>
      line.length === head.length + tail.length &&
      line.subarray(0, head.length).equals(head) &&
      line.toString('latin1', head.length) === tail,
  );

/** Every line that a version of the sink stores for the record, the present line first. */
export function linesOf(record: TopicRecord): Line[] {
  const found = inspect(record.value);
  const present = withoutAmbiguity(found);
  return [...new Set([present, found])].map((inspection) => lineFor(record, inspection));
}

function lineFor({ partition, offset, value }: TopicRecord, found: Inspection): Line {
  const position = `"kafka_partition":${partition},"kafka_offset":${offset}}\n`;
  if (found.kind === 'rejected') {
    const kept = value === null ? 'null' : `"${value.toString('base64')}"`;
    return {
      head: Buffer.from(`{"kafka_rejected":"${found.reason}","kafka_value":${kept}`),
      tail: `,${position}`,
      rejected: true,
    };
  }
  const head = found.value.subarray(0, found.value.lastIndexOf(CLOSING_BRACE));
  return { head, tail: found.empty ? position : `,${position}`, rejected: false };
}

type Inspection =
  | {
      readonly kind: 'object';
      readonly value: Buffer;
      readonly empty: boolean;
      /** Why a reader could misread it. */
      readonly ambiguity: string | undefined;
    }
  | { readonly kind: 'rejected'; readonly reason: string };

const rejected = (reason: string): Inspection => ({ kind: 'rejected', reason });

const withoutAmbiguity = (found: Inspection): Inspection =>
  found.kind === 'object' && found.ambiguity !== undefined ? rejected(found.ambiguity) : found;

function inspect(value: Buffer | null): Inspection {
  if (value === null) return rejected('no value');
  if (!isUtf8(value)) return rejected('not UTF-8');
  if (value.includes(LINE_FEED) || value.includes(CARRIAGE_RETURN)) return rejected('has a raw line break');
  const object = parseObject(value);
  if (object === undefined) return rejected('not a JSON object');
  const taken = TAKEN_NAMES.find((name) => Object.hasOwn(object, name));
  if (taken !== undefined) return rejected(`has a property named ${taken}`);
  const empty = Object.keys(object).length === 0;
  return { kind: 'object', value, empty, ambiguity: ambiguityIn(object, value) };
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
