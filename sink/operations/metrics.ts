import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { lagOf, type PartitionReport } from './report.ts';

/** From a WebHDFS append on a quick cluster (38 ms) to the deadline of a request. */
const APPEND_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A worker's metrics; the supervisor adds those of all workers up. Names follow Prometheus' conventions. */
export class SinkMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #perPartition = { labelNames: ['partition'], registers: this.#registers } as const;

  readonly lines = new Counter({
    name: 'sink_lines_total',
    help: 'Lines made durable in HDFS.',
    ...this.#perPartition,
  });
  readonly bytes = new Counter({
    name: 'sink_bytes_total',
    help: 'Bytes made durable in HDFS.',
    ...this.#perPartition,
  });
  readonly rejected = new Counter({
    name: 'sink_rejected_total',
    help: 'Records received whose value is no JSON object; each becomes a line of its own kind. Read again, counted again.',
    ...this.#perPartition,
  });
  readonly skippedOffsets = new Counter({
    name: 'sink_skipped_offsets_total',
    help: 'Offsets that Kafka no longer had, or gave no record for, when the sink came to them. Read again, counted again.',
    ...this.#perPartition,
  });
  readonly published = new Counter({
    name: 'sink_published_segments_total',
    help: 'Segments published.',
    ...this.#perPartition,
  });
  readonly claims = new Counter({
    name: 'sink_claims_total',
    help: 'Claims of a partition that succeeded.',
    ...this.#perPartition,
  });
  readonly retries = new Counter({
    name: 'sink_retries_total',
    help: 'Claims begun again after a failure, by what failed.',
    labelNames: ['reason'],
    registers: this.#registers,
  });
  readonly fenced = new Counter({
    name: 'sink_fenced_total',
    help: 'Times a partition was found taken from under this process.',
    ...this.#perPartition,
  });
  readonly rebalances = new Counter({
    name: 'sink_rebalances_total',
    help: 'Partitions assigned, revoked and lost.',
    labelNames: ['kind'],
    registers: this.#registers,
  });
  readonly appendSeconds = new Histogram({
    name: 'sink_append_seconds',
    help: 'From the start of an append to its durable end.',
    buckets: APPEND_SECONDS,
    registers: this.#registers,
  });
  readonly claimSeconds = new Histogram({
    name: 'sink_claim_seconds',
    help: 'From the start of a successful claim to reading on.',
    buckets: [...APPEND_SECONDS, 60, 120],
    registers: this.#registers,
  });

  /** @param readings asked at every scrape */
  constructor(readings: () => readonly PartitionReport[]) {
    collectDefaultMetrics({ register: this.registry });
    const gauge = (
      name: string,
      help: string,
      value: (reading: PartitionReport) => number | undefined,
    ): Gauge =>
      new Gauge({
        name,
        help,
        ...this.#perPartition,
        collect() {
          this.reset();
          for (const reading of readings()) {
            const current = value(reading);
            if (current !== undefined) this.set({ partition: reading.partition }, current);
          }
        },
      });
    gauge('sink_lag_records', 'Offsets of the topic that are not durable in HDFS yet.', lagOf);
    gauge('sink_durable_offset', 'The offset after the last durable line.', (r) => r.durableOffset);
    gauge('sink_buffered_bytes', 'Bytes read but not durable yet.', (r) => r.bufferedBytes);
    gauge('sink_partition_writing', '1 while the partition is claimed and read.', (r) =>
      r.state === 'writing' ? 1 : 0,
    );
    gauge('sink_partition_stopped', '1 while the partition waits for an operator.', (r) =>
      r.state === 'stopped' ? 1 : 0,
    );
  }

  /** Counts a partition from 0 on: who watches for an increase does not see one that begins with the first. */
  begin(partition: number): void {
    for (const counter of [this.rejected, this.skippedOffsets, this.fenced]) counter.inc({ partition }, 0);
  }
}
