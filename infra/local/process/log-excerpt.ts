import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MOST_BYTES = 8_192;

/** The last lines of a log from the byte position `since` on. A failed start shows them. */
export function logExcerpt(file: string, since: number, lines = 20): string {
  const fd = openSync(file, 'r');
  try {
    const end = fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(MOST_BYTES, Math.max(0, end - since)));
    readSync(fd, buffer, 0, buffer.length, end - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(fd);
  }
}
