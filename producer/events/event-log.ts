import type { CollectorError } from './errors.ts';

/** One record as the event log is given it. */
export interface EventRecord {
  /** null spreads the records over the partitions. */
  readonly key: string | null;
  readonly value: Buffer;
  readonly timestampMs: number;
  /** The value of the record's `traceparent` header (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

/** Where the broker put a record. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface AppendOptions {
  /** When the outcome becomes unknown, ms from now, if that is sooner than the settings say. */
  readonly withinMs?: number | undefined;
}

/** The deadline of an append is over while the record is still on its way to the broker. */
export interface Undecided {
  /** `outcome_unknown` */
  readonly undecided: CollectorError;
  /** Resolves with the outcome once the event log knows it. Never rejects. */
  readonly late: Promise<Position | CollectorError>;
}

/**
 * What an append comes to, unless it fails: the record's place, or an outcome that is still open.
 */
export type Appended = Position | Undecided;

/** The records on their way to the broker, and their bounds. */
export interface Queue {
  readonly events: number;
  readonly bytes: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** The seam behind which the topic lies. */
export interface EventLog {
  /** Whether an append has a chance now. */
  readonly ready: boolean;

  /**
   * Names the part that has stopped although no broker is in its way. Only a new process helps
   * then. undefined while every part goes on.
   */
  readonly standstill?: string | undefined;

  readonly queue: Queue;

  /**
   * Resolves with the position once all in-sync replicas have the record. Resolves with `Undecided`
   * when the deadline is over before the broker answers.
   *
   * @throws {CollectorError}
   *   `broker_unavailable`, `overloaded`, `draining`: the broker was not given the record; repeat
   *   it freely.
   *   `broker_refused`: the broker will never store the record as it is.
   *   `outcome_unknown`: the broker may have stored the record, and nobody will ever know.
   */
  append(record: EventRecord, options?: AppendOptions): Promise<Appended>;
}
