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
  /** Told what became of a record after all whose outcome was called unknown while it was still on its way. */
  readonly onLate?: ((outcome: Position | CollectorError) => void) | undefined;
}

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
   * Resolves once the broker has the record on all its in-sync replicas.
   *
   * @throws {CollectorError} `broker_unavailable`, `overloaded`, `draining`: it was never handed over, repeat it freely.
   *   `broker_refused`: it will never be stored as it is. `outcome_unknown`: it was handed over and may be stored. An
   *   `UndecidedError` where it is still on its way: `onLate` is going to be told.
   */
  append(record: EventRecord, options?: AppendOptions): Promise<Position>;
}
