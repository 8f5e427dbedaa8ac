import type { CollectorError } from './errors.ts';

/** One record as it is handed over. */
export interface EventRecord {
  /** null spreads over the partitions. */
  readonly key: string | null;
  readonly value: Buffer;
  readonly timestampMs: number;
  /** Of the record's `traceparent` header (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

/** Where the broker put a record. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface AppendOptions {
  /** When the outcome is called unknown, ms from now, where that is sooner than by the settings. */
  readonly withinMs?: number | undefined;
}

/** The deadline of an append is over while the record is still on its way to the broker. */
export interface Undecided {
  /** `outcome_unknown` */
  readonly undecided: CollectorError;
  /** Resolves with the outcome once the event log knows it. Never rejects. */
  readonly late: Promise<Position | CollectorError>;
}

/** What an append comes to, unless it fails: the record's place, or an outcome that is still open. */
export type Appended = Position | Undecided;

/** What is on its way, and how much of it there may be. */
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

  /** What does not go on though no broker is in its way, so that only a new process helps; undefined where all does. */
  readonly standstill?: string | undefined;

  readonly queue: Queue;

  /**
   * Resolves with the position once all in-sync replicas have the record. Resolves with `Undecided`
   * when the deadline is over before the broker answers.
   *
   * @throws {CollectorError}
   *   `broker_unavailable`, `overloaded`, `draining`: the broker was not given the record; repeat it freely.
   *   `broker_refused`: the broker will never store the record as it is.
   *   `outcome_unknown`: the broker was given the record and may have stored it, and nobody will ever know.
   */
  append(record: EventRecord, options?: AppendOptions): Promise<Appended>;
}
