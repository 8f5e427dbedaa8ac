import type { Claim, FinishedSegment } from './store.ts';

/**
 * Every name that the sink writes in HDFS. This file alone writes and parses these names. All paths
 * are relative to the folder of the topic, `<HDFS_DIR>/<topic>`:
 *
 *     _writers/<partition>/<token>/<first>.jsonl         an open segment
 *     _writers/<partition>/<token>/<first>.copy-<token>  a copy that shall replace the segment
 *     _writers/<partition>/<token>/<id>.topic-id         the id of the topic: an empty file
 *     _writers/.new-<token>/<token>/                     a partition's folder, not yet claimed
 *     dt=2026-11-22/hour=14/<stem>-<partition>-<first>-<last>.jsonl       a published segment
 *     _check-<id>/                                       the scratch folder of `--check`
 *
 * `<first>` is the lowest offset that the segment may hold, `<last>` the offset of its last line.
 * All lines of a segment belong to one hour. `<stem>` is the name of the topic, where readers see
 * such a file and HDFS takes its name (see `stemOf`). Hive, Spark and Flink skip names that begin
 * with `_` or `.`.
 */

const HOUR_MS = 3_600_000;
const PARTITION = '(?<partition>0|[1-9]\\d*)';
const FIRST = '(?<first>\\d{20})';

/** Offsets have 20 digits, so names sort as their offsets do. */
const padded = (offset: number): string => String(offset).padStart(20, '0');

/** The folder of all that is not published. */
export const WRITERS = '_writers';

export const partitionFolder = (partition: number): string => `${WRITERS}/${partition}`;

/** The folder that a claim renames. */
export const claimFolder = ({ partition, token }: Claim): string => `${partitionFolder(partition)}/${token}`;

/** A partition's folder, with a claim's folder in it, before a rename to the partition's name. */
export const newPartitionFolder = (token: string): string => `${WRITERS}/.new-${token}`;

const NEW_FOLDER = /^\.new-(?<token>[^/]+)$/;

/** The token of a folder that no claim has taken; undefined for any other name in `_writers`. */
export const parseNewFolder = (name: string): string | undefined => NEW_FOLDER.exec(name)?.groups?.['token'];

export const openPath = (claim: Claim, first: number): string =>
  `${claimFolder(claim)}/${padded(first)}.jsonl`;

/** A claim deletes copies that an earlier claim has left. */
export const copyPath = (claim: Claim, first: number): string =>
  `${claimFolder(claim)}/${padded(first)}.copy-${claim.token}`;

export const topicIdPath = (claim: Claim, id: string): string => `${claimFolder(claim)}/${id}.topic-id`;

/** Hours since the epoch, UTC. */
export const hourOf = (timestampMs: number): number => Math.floor(timestampMs / HOUR_MS);

export const hourStartMs = (hour: number): number => hour * HOUR_MS;

/** The folder of an hour's published segments. Hive and Spark discover partitions by such names. */
export function hourFolder(hour: number): string {
  const iso = new Date(hourStartMs(hour)).toISOString();
  return `dt=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** The default of `fs-limits.max-component-length`: the longest name that a NameNode takes. */
const LONGEST_NAME = 255;
/** Before the stem of a topic whose own name would hide its files. */
const VISIBLE = 'topic-';

export function publishedPath(
  topic: string,
  partition: number,
  { first, last, hour }: FinishedSegment,
): string {
  const rest = `-${partition}-${padded(first)}-${padded(last)}.jsonl`;
  return `${hourFolder(hour)}/${stemOf(topic, LONGEST_NAME - rest.length)}${rest}`;
}

/**
 * What the names of a topic's published segments begin with. It is the topic's name, unless readers
 * would skip the file, or HDFS would refuse the name. Then it is cut, or begins with another word.
 * The folder is one topic's alone, so the stem need not tell topics apart.
 */
const stemOf = (topic: string, longest: number): string =>
  `${isHidden(topic) ? VISIBLE : ''}${topic}`.slice(0, longest);

const CHECK = '_check-';

export const scratchFolder = (id: string): string => `${CHECK}${id}`;

export const isScratchFolder = (name: string): boolean => name.startsWith(CHECK);

export const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.');

/** Whether the folder holds the 24 folders of a day. */
export const isDayFolder = (name: string): boolean => /^dt=[^/]+$/.test(name);

const PARTITION_NAME = new RegExp(`^${PARTITION}$`);

/** The partition of a folder in `_writers`; undefined for any other name. */
export function parsePartition(name: string): number | undefined {
  return PARTITION_NAME.test(name) ? Number(name) : undefined;
}

/** A file in the folder of a claim. */
export type ClaimedName =
  | { readonly kind: 'open'; readonly first: number }
  | { readonly kind: 'copy'; readonly first: number }
  | { readonly kind: 'topic-id'; readonly id: string };

const OPEN_NAME = new RegExp(`^${FIRST}\\.jsonl$`);
const COPY_NAME = new RegExp(`^${FIRST}\\.copy-[^/]+$`);
const TOPIC_ID_NAME = /^(?<id>[^/]+)\.topic-id$/;

/** The meaning of a name in the folder of a claim; undefined where the sink writes no such name. */
export function parseClaimedName(name: string): ClaimedName | undefined {
  const open = OPEN_NAME.exec(name)?.groups;
  if (open) return { kind: 'open', first: Number(open['first']) };
  const copy = COPY_NAME.exec(name)?.groups;
  if (copy) return { kind: 'copy', first: Number(copy['first']) };
  const id = TOPIC_ID_NAME.exec(name)?.groups?.['id'];
  return id === undefined ? undefined : { kind: 'topic-id', id };
}

/** A file below the folder of a topic. */
export type ParsedPath =
  | (ClaimedName & { readonly claim: Claim })
  | ({ readonly kind: 'published'; readonly stem: string; readonly partition: number } & FinishedSegment)
  /** The sink has not written it, and a part of the path is hidden from readers. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'unknown' };

const CLAIMED_PATH = new RegExp(`^${WRITERS}/${PARTITION}/(?<token>[^/_.][^/]*)/(?<name>[^/]+)$`);
const PUBLISHED_PATH = new RegExp(
  `^dt=(?<day>\\d{4}-\\d\\d-\\d\\d)/hour=(?<hour>\\d\\d)/(?<stem>[^/]+)-${PARTITION}-${FIRST}-(?<last>\\d{20})\\.jsonl$`,
);

/**
 * Whether a published path is one of the topic's. Up to 0.1.0 every stem was the topic's name,
 * also where readers would skip it.
 */
export const isPublishedOf = (
  topic: string,
  path: string,
  { stem, partition, ...segment }: Extract<ParsedPath, { kind: 'published' }>,
): boolean => stem === topic || path === publishedPath(topic, partition, segment);

/** @param path relative to the folder of the topic */
export function parsePath(path: string): ParsedPath {
  const claimed = parseClaimedPath(path);
  if (claimed) return claimed;
  const published = parsePublishedPath(path);
  if (published) return published;
  const place = path.startsWith(`${WRITERS}/`) ? path.slice(WRITERS.length + 1) : path;
  return { kind: place.split('/').some(isHidden) ? 'hidden' : 'unknown' };
}

function parseClaimedPath(path: string): ParsedPath | undefined {
  const { partition, token = '', name = '' } = CLAIMED_PATH.exec(path)?.groups ?? {};
  const parsed = parseClaimedName(name);
  return parsed && { ...parsed, claim: { partition: Number(partition), token } };
}

function parsePublishedPath(path: string): ParsedPath | undefined {
  const found = PUBLISHED_PATH.exec(path)?.groups;
  if (!found) return undefined;
  const { day, hour, stem = '', partition, first, last } = found;
  const startMs = Date.parse(`${day}T${hour}:00:00Z`);
  if (Number.isNaN(startMs)) return undefined;
  return {
    kind: 'published',
    stem,
    partition: Number(partition),
    first: Number(first),
    last: Number(last),
    hour: hourOf(startMs),
  };
}
