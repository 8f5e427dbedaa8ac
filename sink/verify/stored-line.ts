import { createHash } from 'node:crypto';
import { encodeLine, type Line, type TopicRecord } from '../ledger/line.ts';
import type { Digest } from './skipped-offsets.ts';

const REJECTED = Buffer.from('{"kafka_rejected":');
const EXCERPT_BYTES = 80;

/** Whether the line has exactly the bytes that the sink stores for the record. */
export function isLineOf(line: Buffer, record: TopicRecord): boolean {
  const { head, tail } = encodeLine(record);
  return (
    line.length === head.length + tail.length &&
    line.subarray(0, head.length).equals(head) &&
    line.toString('latin1', head.length) === tail
  );
}

export const digestOf = (line: Buffer): Digest => createHash('sha1').update(line).digest('base64');

/** The digest of the line that the sink stores for the record. */
export const digestOfRecord = (record: TopicRecord): Digest => digestOf(bytesOf(encodeLine(record)));

const bytesOf = ({ head, tail }: Line): Buffer => Buffer.concat([head, Buffer.from(tail, 'latin1')]);

/** Whether the line keeps a record whose value is no JSON object. */
export const isRejected = (line: Buffer): boolean => line.subarray(0, REJECTED.length).equals(REJECTED);

export const excerptOf = (line: Buffer): string => line.toString('utf8', 0, EXCERPT_BYTES).trimEnd();

/** Whether the line is whole: a torn line is no JSON object. */
export function isObject(line: Buffer): boolean {
  try {
    const parsed: unknown = JSON.parse(line.toString());
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}
