/** One record as it is handed over. */
export interface EventRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly timestampMs: number;
}

/** Where the broker put a record. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The seam behind which the topic lies. */
export interface EventLog {
  /** Whether an append has a chance now. */
  readonly ready: boolean;

  /** What does not go on though no broker is in its way, so that only a new process helps; undefined where all does. */
  readonly standstill?: string | undefined;

  /**
   * Resolves once the broker has the record on all its in-sync replicas.
   *
   * @throws {CollectorError} `broker_unavailable`, `overloaded`, `draining`: it was never handed over, repeat it freely.
   *   `broker_refused`: it will never be stored as it is. `outcome_unknown`: it was handed over and may be stored, now
   *   or in a moment.
   */
  append(record: EventRecord): Promise<Position>;
}
