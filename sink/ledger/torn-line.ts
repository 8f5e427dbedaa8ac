import { isUtf8 } from 'node:buffer';
import { LONGEST_LINE_BYTES, readPosition } from './line.ts';

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x7b, 0x5b];
const CLOSING = [0x7d, 0x5d];
const LINE_FEED = Buffer.from('\n');
/** A character of UTF-8 has so many bytes at most after its first. */
const FOLLOWING_BYTES = 3;

/**
 * Whether the bytes can be the beginning of a line of this partition, which an append that was cut
 * short leaves behind. A line is one JSON object in UTF-8 that ends with its position. So random or
 * encrypted bytes, and what another program has written, are no beginning of a line.
 */
export function mayBeTornLine(bytes: Buffer, partition: number): boolean {
  if (bytes.length > LONGEST_LINE_BYTES || !isCutUtf8(bytes)) return false;
  const end = objectEnd(bytes);
  if (end === 'no object') return false;
  if (end === undefined) return true;
  const isAtEnd = end === bytes.length;
  return isAtEnd && readPosition(Buffer.concat([bytes, LINE_FEED]))?.partition === partition;
}

/** Whether the bytes are UTF-8, of whose last character some bytes may be missing. */
function isCutUtf8(bytes: Buffer): boolean {
  for (let cut = 0; cut <= Math.min(FOLLOWING_BYTES, bytes.length); cut += 1) {
    if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true;
  }
  return false;
}

/** Where the JSON object that begins the bytes ends; undefined where it does not end in them. */
function objectEnd(bytes: Buffer): number | 'no object' | undefined {
  const begin = bytes.findIndex((byte) => byte !== SPACE && byte !== TAB);
  if (begin === -1) return undefined;
  if (bytes[begin] !== OPENING[0]) return 'no object';
  let depth = 0;
  let inText = false;
  for (let at = begin; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE && byte !== TAB) return 'no object';
    if (byte === QUOTE) inText = !inText;
    else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if (OPENING.includes(byte)) depth += 1;
    else if (CLOSING.includes(byte)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}
