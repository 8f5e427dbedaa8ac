import { parseOpenName } from '../../ledger/layout.ts';

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
  /** Where readers look, who may well look into every folder, or in the ledger; but no segment, or not where one belongs. */
  | 'stray'
  /** None of the lines' business: an hour's `_SUCCESS`, a topic's id, a copy under way. */
  | 'ignored';

const PUBLISHED_FOLDER = /^dt=\d{4}-\d{2}-\d{2}\/hour=\d{2}$/;
const PUBLISHED_NAME = /^(.+)-(0|[1-9]\d*)-(\d{20})-(\d{20})\.jsonl$/;
const WRITER_FOLDER = /^(0|[1-9]\d*)\/[^/]+$/;
const LEDGER = '_writers/';
/** What the sink keeps beside its open segments: the topic's id, and a copy that takes the place of one. */
const BESIDE_SEGMENTS = /\.topic-id$|\.copy-/;

/** @param path relative to the topic's folder */
export function readName(topic: string, path: string): Named {
  const isOpen = path.startsWith(LEDGER);
  const place = isOpen ? path.slice(LEDGER.length) : path;
  if (place.split('/').some((part) => /^[_.]/.test(part))) return 'ignored';
  const slash = place.lastIndexOf('/');
  const [folder, name] = [place.slice(0, Math.max(0, slash)), place.slice(slash + 1)];
  return isOpen ? readOpenName(folder, name) : readPublishedName(topic, folder, name);
}

function readOpenName(folder: string, name: string): Named {
  const writer = WRITER_FOLDER.exec(folder);
  if (!writer) return 'stray';
  const first = parseOpenName(name);
  if (first !== undefined) return { partition: Number(writer[1]), first, last: undefined };
  return BESIDE_SEGMENTS.test(name) ? 'ignored' : 'stray';
}

function readPublishedName(topic: string, folder: string, name: string): Named {
  const found = PUBLISHED_FOLDER.test(folder) ? PUBLISHED_NAME.exec(name) : null;
  if (found?.[1] !== topic) return 'stray';
  return { partition: Number(found[2]), first: Number(found[3]), last: Number(found[4]) };
}

/** Lines go on from file to file in this order. A longer file comes after a shorter one of the same first offset. */
export const inOrder = (a: StoredFile, b: StoredFile): number =>
  a.first - b.first || (a.last ?? Number.MAX_SAFE_INTEGER) - (b.last ?? Number.MAX_SAFE_INTEGER);
