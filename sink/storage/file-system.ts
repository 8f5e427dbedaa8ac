/** A file or a folder, as a listing shows it. */
export interface FileStatus {
  /** The last part of its path; empty where it was asked for by its whole path. */
  readonly name: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** Length of a file; of one that is held open as much as the NameNode was told. */
  readonly bytes: number;
  /** Last change, ms since the epoch. */
  readonly modifiedMs: number;
  /** What stays the same when it is renamed; undefined where that is not told. */
  readonly id: string | undefined;
}

/**
 * What is asked of HDFS, path by path: the seam between the layout of a topic's folder, which is one, and the protocols, of
 * which there are two. What changes something and rejects may still be applied later; nothing is asked twice where that could do harm.
 * Every request has a deadline of its own, and rejects with a `FileSystemError`.
 */
export interface FileSystem {
  /** What takes `recoverLease` longer, ms, is held by something that may never let go. */
  readonly leaseRecoversWithinMs: number;
  /** Undefined where there is no such folder; a listing that failed rejects, and is never an empty one. */
  list(path: string): Promise<readonly FileStatus[] | undefined>;
  /** Undefined where there is nothing. */
  status(path: string): Promise<FileStatus | undefined>;
  /** With the folders above it; it may be there. */
  makeFolder(path: string): Promise<void>;
  /** Never onto, and never into, what is there: that rejects as `exists`. */
  rename(from: string, to: string): Promise<void>;
  /** Moves a file over another, which is no more then. */
  replace(path: string, by: string): Promise<void>;
  /** With all that is in it. */
  delete(path: string): Promise<void>;
  /** Makes an empty file, never over another, and never a folder for it. */
  create(path: string): Promise<void>;
  /** Durable and visible once resolved. One at a time of each file. */
  append(path: string, chunks: readonly Buffer[]): Promise<void>;
  /** No append follows: the file is closed, if it was held open. */
  finish(path: string): Promise<void>;
  /** How much of a file can be read, bytes: of one that somebody holds, at least all that was acknowledged in the same protocol. */
  readableBytes(path: string): Promise<number>;
  /** Exactly these bytes; rejects where there are fewer. */
  read(path: string, at: number, bytes: number): Promise<Buffer>;
  /** May go on in the background: `recoverLease` waits for it. */
  truncate(path: string, bytes: number): Promise<void>;
  /**
   * Waits until nobody holds the file, for as long as that takes or until `signal` aborts, and takes it from whoever does
   * without being alive. Aborted while it waits, it rejects with an error whose cause is the signal's reason. Resolves with its length, bytes, as whoever said so knew it; undefined where that was not told.
   */
  recoverLease(path: string, signal: AbortSignal): Promise<number | undefined>;
  /** Nothing in this folder is asked for any more: what is held open for it is let go. Never rejects. */
  release(folder: string): Promise<void>;
  /** Lets connections go. */
  close(): void;
}
