import { isHidden, isPublishedOf, parsePath } from '../../ledger/layout.ts';

/** A file with lines of the topic, as HDFS lists it. A rename keeps the `id`. */
export interface StoredFile {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly partition: number;
  /** The first offset in the name. */
  readonly first: number;
  /** The last offset in the name; undefined while the segment is not published. */
  readonly last: number | undefined;
}

/** The meaning of a path below the topic's folder, for the verification. */
export type Named =
  | Pick<StoredFile, 'partition' | 'first' | 'last'>
  /**
   * Readers look here, as they may look into every folder, or the ledger is here. But the file is
   * no segment of the topic, or lies where no segment belongs.
   */
  | 'stray'
  /** The file holds no lines of the topic: `_SUCCESS` of an hour, the id of a topic, a copy. */
  | 'ignored';

/** @param path relative to the topic's folder */
export function readName(topic: string, path: string): Named {
  const parsed = parsePath(path);
  switch (parsed.kind) {
    case 'open':
      return { partition: parsed.claim.partition, first: parsed.first, last: undefined };
    case 'published': {
      const { stem, partition, first, last } = parsed;
      if (isPublishedOf(topic, path, parsed)) return { partition, first, last };
      return isHidden(stem) ? 'ignored' : 'stray';
    }
    case 'copy':
    case 'topic-id':
    case 'hidden':
      return 'ignored';
    case 'unknown':
      return 'stray';
  }
}

/**
 * Lines continue from file to file in this order. Of two files with the same first offset, the
 * longer file comes second.
 */
export const inOrder = (a: StoredFile, b: StoredFile): number =>
  a.first - b.first || (a.last ?? Number.MAX_SAFE_INTEGER) - (b.last ?? Number.MAX_SAFE_INTEGER);
