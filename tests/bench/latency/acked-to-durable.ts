import type { LoggedAppend } from '../../support/hdfs/logged-append.ts';

/** When the broker had acknowledged each record, ms since 1970, by partition and offset. */
export type Acks = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** A record's way from acked to durable, ms. */
export interface Latency {
  /** From acked until the append that carries it is begun. */
  readonly waitMs: number;
  /** From acked to durable. */
  readonly totalMs: number;
}

/**
 * What each acked record took until the append that carries it was answered.
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
