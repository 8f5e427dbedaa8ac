/** A folder of one partition, claimed under a token that was never used before. */
export interface Claim {
  readonly partition: number;
  readonly token: string;
}

/** An unfinished segment as the store lists it. */
export interface OpenSegment {
  /** The offset it is called by. */
  readonly first: number;
  readonly bytes: number;
  /** Last change, ms since the epoch. */
  readonly modifiedMs: number;
}

/** What a publish needs to know of a finished segment. */
export interface FinishedSegment {
  readonly first: number;
  /** Offset of its last line. */
  readonly last: number;
  /** Hours since the epoch, UTC. */
  readonly hour: number;
}

/**
 * Where segments live: the seam below which a transport begins. The logic of exactly-once stands above and relies
 * on three promises:
 *
 * 1. After `claim` has resolved, no request made under an older token, by anybody, asleep or in the network, can
 *    change the partition's unfinished segments, but for appends to the newest one by whoever had it open.
 * 2. After `recoverLease` has resolved, these cannot either.
 * 3. A changing call (`claim`, `noteTopicId`, `recoverLease`, `truncate`, `create`, `append`, `finish`, `publish`) that rejects
 *    may still be applied later, whatever the error: only a new claim finds out. None is asked twice where that could do harm.
 *
 * Every request has a deadline of its own. Calls reject with a `StoreError`; `claim` with a `LedgerError` where the folder
 * is not one of ours, and what takes a signal with its reason.
 */
export interface Store {
  /**
   * Takes the partition's folder, making it where there is none. One attempt, which changes nothing once `signal` has
   * aborted.
   */
  claim(claim: Claim, signal?: AbortSignal): Promise<void>;
  /** The unfinished segments, by `first`. */
  segments(claim: Claim): Promise<readonly OpenSegment[]>;
  /** What was last noted as the topic's id; undefined where nothing was. */
  topicId(claim: Claim): Promise<string | undefined>;
  /** Notes the topic's id, once and for all. */
  noteTopicId(claim: Claim, id: string): Promise<void>;
  /**
   * Waits until nobody holds the segment, or until `signal` aborts; one that is held too long is replaced by a copy of its complete
   * lines. Resolves with its length, bytes, as whoever said so knew it; undefined where that was not told.
   */
  recoverLease(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined>;
  /** Exactly these bytes; rejects where there are fewer. */
  read(claim: Claim, first: number, at: number, bytes: number): Promise<Buffer>;
  /** Cuts the segment; may go on in the background: `recoverLease` waits for it. */
  truncate(claim: Claim, first: number, bytes: number): Promise<void>;
  /** Makes an empty segment. */
  create(claim: Claim, first: number): Promise<void>;
  /** Durable and visible once resolved. */
  append(claim: Claim, first: number, chunks: readonly Buffer[]): Promise<void>;
  /** No append to the segment follows. Where there is a next one, whoever claims finds it complete. */
  finish(claim: Claim, first: number): Promise<void>;
  /** Moves a finished segment to its published name, where it never changes again. */
  publish(claim: Claim, segment: FinishedSegment): Promise<void>;
  /** Nothing is asked under this claim any more: what is held open for it is let go, at once if it can be. Never rejects. */
  leave(claim: Claim): Promise<void>;
  /** Lets connections go. */
  close(): void;
}
