/** A file or a folder, as a listing shows it. */
export interface FileStatus {
  /** The last part of the path; empty where the caller asked for the whole path. */
  readonly name: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** The length of a file. Of an open file, the length that the NameNode was told. */
  readonly bytes: number;
  /** The time of the last change, ms since the epoch. */
  readonly modifiedMs: number;
  /** An id that stays the same through renames; undefined where the server does not tell it. */
  readonly id: string | undefined;
}

/**
 * The requests to HDFS, by path. This seam separates the layout of a topic's folder, of which there
 * is one, from the protocols, of which there are two. Every request has a deadline of its own and
 * rejects with a `FileSystemError`. HDFS may still apply a changing request after the request was
 * rejected. No implementation repeats a request where a repetition could do harm.
 */
export interface FileSystem {
  /**
   * A lease recovery that takes longer than this time, ms, waits for a client that may never let
   * go.
   */
  readonly leaseRecoversWithinMs: number;
  /**
   * Resolves with undefined where the folder does not exist. A listing that failed rejects, and
   * never resolves as an empty one.
   */
  list(path: string): Promise<readonly FileStatus[] | undefined>;
  /** Resolves with undefined where nothing is at the path. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Makes the folder and the folders above it. The folder may exist. */
  makeFolder(path: string): Promise<void>;
  /** Never renames onto or into an existing path, but rejects as `exists`. */
  rename(from: string, to: string): Promise<void>;
  /** Renames the file `by` over the file at `path`, which is deleted. */
  replace(path: string, by: string): Promise<void>;
  /** Deletes the path and everything below it. */
  delete(path: string): Promise<void>;
  /** Makes an empty file. Never replaces a file, and never makes a folder for the file. */
  create(path: string): Promise<void>;
  /**
   * Resolves when the bytes are durable and visible. A file takes one append at a time.
   */
  append(path: string, chunks: readonly Buffer[]): Promise<void>;
  /** Ends the appends to the file: closes the file where the client holds it open. */
  finish(path: string): Promise<void>;
  /**
   * How much of the file can be read, bytes. Of a file that a client holds open, this is at least
   * everything that was acknowledged in the same protocol.
   */
  readableBytes(path: string): Promise<number>;
  /** Reads exactly these bytes. Rejects where the file is shorter. */
  read(path: string, at: number, bytes: number): Promise<Buffer>;
  /** Cuts the file. The cut may go on in the background, and `recoverLease` waits for its end. */
  truncate(path: string, bytes: number): Promise<void>;
  /**
   * Waits until no client holds the lease of the file, or until `signal` aborts. It takes the lease
   * from a client that no longer lives. After an abort it rejects with an error whose cause is the
   * reason of the signal. Resolves with the length of the file, bytes, as the server that answered
   * knew it; undefined where it did not tell.
   */
  recoverLease(path: string, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Ends the use of the folder: the caller makes no more requests in it. The client closes the
   * files that it holds open there. Never rejects.
   */
  release(folder: string): Promise<void>;
  /** Closes the connections. */
  close(): void;
}
