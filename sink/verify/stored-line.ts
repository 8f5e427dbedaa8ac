import { createHash } from 'node:crypto';
import { type Line, linesOf, type TopicRecord } from '../ledger/line.ts';
import type { Digest } from './skipped-offsets.ts';

const REJECTED = Buffer.from('{"kafka_rejected":');
const EXCERPT_BYTES = 80;

export const digestOf = (line: Buffer): Digest => createHash('sha1').update(line).digest('base64');

/** The digests of the lines by which versions of the sink store the record. */
export const digestsOfRecord = (record: TopicRecord): readonly Digest[] =>
  linesOf(record).map((line) => digestOf(bytesOf(line)));

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
