/** The folder of one partition, claimed under a token that no other claim has ever used. */
export interface Claim {
  readonly partition: number;
  readonly token: string;
}

/** An unfinished segment, as the store lists it. */
export interface OpenSegment {
  /** The offset in its name. */
  readonly first: number;
  readonly bytes: number;
  /** The time of the last change, ms since the epoch. */
  readonly modifiedMs: number;
}

/** A finished segment, as `publish` needs it. */
export interface FinishedSegment {
  readonly first: number;
  /** The offset of its last line. */
  readonly last: number;
  /** Hours since the epoch, UTC. */
  readonly hour: number;
}

/**
 * The place where segments live. This seam separates the logic of exactly-once, above it, from the
 * transport. The logic relies on three promises:
 *
 * 1. After `claim` has resolved, requests under an older token can no longer change the partition's
 *    unfinished segments. It does not matter who made such a request, and where it still waits. One
 *    exception: the owner of the older token may still append to the newest segment, if its file is
 *    open.
 * 2. After `recoverLease` has resolved, these appends are over, too.
 * 3. A changing call that rejects may still be applied later, whatever the error. Only a new claim
 *    finds out. The store never repeats such a call where a repetition could do harm. The changing
 *    calls are `claim`, `noteTopicId`, `recoverLease`, `truncate`, `create`, `append`, `finish` and
 *    `publish`.
 *
 * Every request has a deadline of its own. Calls reject with a `StoreError`. `claim` and
 * `recoverLease` reject with a `LedgerError` where no sink has made the folder or the segment. A
 * call with a signal rejects with the reason of the signal.
 */
export interface Store {
  /**
   * Takes the folder of the partition, and makes it where it does not exist. This is one attempt.
   * It changes nothing after `signal` has aborted.
   */
  claim(claim: Claim, signal?: AbortSignal): Promise<void>;
  /** The unfinished segments, sorted by `first`. */
  segments(claim: Claim): Promise<readonly OpenSegment[]>;
  /** The noted id of the topic; undefined where none was noted. */
  topicId(claim: Claim): Promise<string | undefined>;
  /** Notes the id of the topic. The note stays for ever. */
  noteTopicId(claim: Claim, id: string): Promise<void>;
  /**
   * Waits until no client holds the lease of the segment, or until `signal` aborts. Where the lease
   * is held for too long, a copy of the complete lines replaces the segment. Resolves with the
   * length of the segment, bytes, as the server that answered knew it; undefined where it did not
   * tell.
   */
  recoverLease(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined>;
  /** Reads exactly these bytes. Rejects where the segment is shorter. */
  read(claim: Claim, first: number, at: number, bytes: number): Promise<Buffer>;
  /**
   * Cuts the segment. The cut may go on in the background, and `recoverLease` waits for its end.
   */
  truncate(claim: Claim, first: number, bytes: number): Promise<void>;
  /** Makes an empty segment. */
  create(claim: Claim, first: number): Promise<void>;
  /** Resolves when the bytes are durable and visible. */
  append(claim: Claim, first: number, chunks: readonly Buffer[]): Promise<void>;
  /**
   * Ends the appends to the segment. A later claim finds the segment complete if there is a next
   * one.
   */
  finish(claim: Claim, first: number): Promise<void>;
  /** Moves a finished segment to its published name. It never changes again. */
  publish(claim: Claim, segment: FinishedSegment): Promise<void>;
  /**
   * Ends the use of the claim: the caller makes no more requests under it. The store closes the
   * files that it holds open for the claim, as soon as it can. Never rejects.
   */
  leave(claim: Claim): Promise<void>;
  /** Closes the connections. */
  close(): void;
}
