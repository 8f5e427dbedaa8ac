/**
 * Names of a partition's files, relative to `<HDFS_DIR>/<topic>`. A segment is called by the offset that its
 * first line may have at the earliest; all of its lines belong to one hour.
 */

const HOUR_MS = 3_600_000;
const DIGITS = 20;
const OPEN_NAME = new RegExp(`^\\d{${DIGITS}}\\.jsonl$`);

/** Offsets are padded so that names sort as numbers do. */
const padded = (offset: number): string => String(offset).padStart(DIGITS, '0');

export const openName = (first: number): string => `${padded(first)}.jsonl`;

/** The first offset of an open segment's name; undefined where the file is something else. */
export function parseOpenName(name: string): number | undefined {
  return OPEN_NAME.test(name) ? Number(name.slice(0, DIGITS)) : undefined;
}

/** A copy of a segment, under way; what is left of one is deleted at the next claim. */
const COPY = '.copy-';

/** Where the copy of a segment is made, by the path of the segment: beside it, under its claim's token. */
export function copyPath(path: string): string {
  const token = path.split('/').at(-2);
  return path.replace(/\.jsonl$/, `${COPY}${token}`);
}

export const isCopy = (name: string): boolean => name.includes(COPY);

/** An empty file beside the segments, called by the topic's id and this. */
export const TOPIC_ID = '.topic-id';

/** Hours since the epoch, UTC. */
export const hourOf = (timestampMs: number): number => Math.floor(timestampMs / HOUR_MS);

export const hourStartMs = (hour: number): number => hour * HOUR_MS;

/** Where an hour's published segments are: `dt=2026-11-22/hour=14`, as Hive and Spark discover partitions. */
export function hourFolder(hour: number): string {
  const iso = new Date(hourStartMs(hour)).toISOString();
  return `dt=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** The name under which a finished segment is published. */
export const publishedName = (topic: string, partition: number, first: number, last: number): string =>
  `${topic}-${partition}-${padded(first)}-${padded(last)}.jsonl`;
