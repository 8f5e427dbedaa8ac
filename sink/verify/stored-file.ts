import { parseOpenName } from '../segment.ts';

/** A file of a topic as HDFS lists it. A rename keeps its `id`. */
export interface StoredFile {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly partition: number;
  /** The offset its name begins with. */
  readonly first: number;
  /** The offset its name ends with; undefined while it is not published. */
  readonly last: number | undefined;
}

/** What a file below a topic's folder is by its path. */
export type Named =
  | Pick<StoredFile, 'partition' | 'first' | 'last'>
  /** Where readers look for segments, but not called like one. */
  | 'stray'
  /** None of the lines' business: an hour's `_SUCCESS`, a topic's id, a copy under way. */
  | 'ignored';

const PUBLISHED_FOLDER = /^dt=\d{4}-\d{2}-\d{2}\/hour=\d{2}$/;
const PUBLISHED_NAME = /^(.+)-(\d+)-(\d{20})-(\d{20})\.jsonl$/;
const WRITER_FOLDER = /^_writers\/(\d+)\/[^/]+$/;

/** @param path relative to the topic's folder */
export function readName(topic: string, path: string): Named {
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const writer = WRITER_FOLDER.exec(folder);
  if (writer) {
    const first = parseOpenName(name);
    return first === undefined ? 'ignored' : { partition: Number(writer[1]), first, last: undefined };
  }
  if (path.split('/').some((part) => /^[_.]/.test(part))) return 'ignored';
  const found = PUBLISHED_FOLDER.test(folder) ? PUBLISHED_NAME.exec(name) : null;
  if (found?.[1] !== topic) return 'stray';
  return { partition: Number(found[2]), first: Number(found[3]), last: Number(found[4]) };
}

/** Lines go on from file to file in this order. A longer file comes after a shorter one of the same first offset. */
export const inOrder = (a: StoredFile, b: StoredFile): number =>
  a.first - b.first || (a.last ?? Number.MAX_SAFE_INTEGER) - (b.last ?? Number.MAX_SAFE_INTEGER);
