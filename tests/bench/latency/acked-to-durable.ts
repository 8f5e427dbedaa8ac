import type { LoggedAppend } from '../../support/hdfs/logged-append.ts';

/** The time of each record's acknowledgement, ms since 1970, by partition and offset. */
export type Acks = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** A record's way from acked to durable, ms. */
export interface Latency {
  /** From acked to the beginning of the append that carries the record. */
  readonly waitMs: number;
  /** From acked to durable. */
  readonly totalMs: number;
}

/**
 * The time from each record's acknowledgement to the answer of the append that carries the record.
 *
 * @throws where a record is in none of the appends
 */
export function latencies(acks: Acks, appends: readonly LoggedAppend[]): Latency[] {
  return [...acks].flatMap(([partition, ackedAtMs]) => {
    const own = appends.filter((append) => append.partition === partition);
    return [...ackedAtMs].map(([offset, atMs]) => latency(atMs, carrierOf(offset, own)));
  });
}

function latency(ackedAtMs: number, { atMs, tookMs }: LoggedAppend): Latency {
  return { waitMs: atMs - tookMs - ackedAtMs, totalMs: atMs - ackedAtMs };
}

function carrierOf(offset: number, appends: readonly LoggedAppend[]): LoggedAppend {
  const carrier = appends.find(({ last, count }) => offset <= last && offset > last - count);
  if (!carrier) throw new Error(`no append carries offset ${offset}`);
  return carrier;
}
