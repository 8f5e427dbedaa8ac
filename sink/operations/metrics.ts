import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { lagOf, type PartitionReport } from './report.ts';

/** From below a WebHDFS append on a quick cluster (38 ms) to the deadline of a request. */
const APPEND_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A figure of each partition, read at every scrape; a partition without a value is left out. */
interface PartitionGauge {
  readonly name: string;
  readonly help: string;
  readonly read: (report: PartitionReport) => number | undefined;
}

const GAUGES: readonly PartitionGauge[] = [
  {
    name: 'sink_lag_records',
    help: 'Offsets of the partition that can be read and are not durable in HDFS yet.',
    read: lagOf,
  },
  {
    name: 'sink_hidden_offsets',
    help: "Offsets at the partition's end that nobody may read yet, because a transaction is open.",
    read: ({ hiddenOffsets }) => hiddenOffsets,
  },
  {
    name: 'sink_durable_offset',
    help: 'The offset after the last durable line.',
    read: ({ durableOffset }) => durableOffset,
  },
  {
    name: 'sink_buffered_bytes',
    help: 'Bytes read from Kafka but not durable in HDFS yet.',
    read: ({ bufferedBytes }) => bufferedBytes,
  },
  {
    name: 'sink_partition_writing',
    help: '1 while the partition is claimed, read and written; otherwise 0.',
    read: ({ state }) => (state === 'writing' ? 1 : 0),
  },
  {
    name: 'sink_partition_stopped',
    help: '1 while the partition is stopped and needs an operator; otherwise 0.',
    read: ({ state }) => (state === 'stopped' ? 1 : 0),
  },
];

/**
 * The metrics of one worker. The supervisor adds up the metrics of all workers. The names follow
 * Prometheus' conventions (https://prometheus.io/docs/practices/naming/).
 */
export class SinkMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #perPartition = { labelNames: ['partition'], registers: this.#registers } as const;

  readonly lines = new Counter({
    name: 'sink_lines_total',
    help: 'Lines that became durable in HDFS.',
    ...this.#perPartition,
  });
  readonly bytes = new Counter({
    name: 'sink_bytes_total',
    help: 'Bytes of lines that became durable in HDFS.',
    ...this.#perPartition,
  });
  readonly rejected = new Counter({
    name: 'sink_rejected_total',
    help:
      'Records stored as `kafka_rejected` lines, because their value cannot be a line. ' +
      'A record read again counts again.',
    ...this.#perPartition,
  });
  readonly skippedOffsets = new Counter({
    name: 'sink_skipped_offsets_total',
    help:
      'Offsets whose records Kafka dropped before they were stored. ' + 'An offset read again counts again.',
    ...this.#perPartition,
  });
  readonly published = new Counter({
    name: 'sink_published_segments_total',
    help: 'Segments renamed to their published name.',
    ...this.#perPartition,
  });
  readonly claims = new Counter({
    name: 'sink_claims_total',
    help: 'Claims of a partition that succeeded.',
    ...this.#perPartition,
  });
  readonly retries = new Counter({
    name: 'sink_retries_total',
    help:
      'Failures after which the sink claimed a partition again, by reason: ' +
      'the exception of HDFS, or the error code of the socket or of Kafka.',
    labelNames: ['reason'],
    registers: this.#registers,
  });
  readonly fenced = new Counter({
    name: 'sink_fenced_total',
    help: 'Failures because a later claim had fenced this worker off the partition.',
    ...this.#perPartition,
  });
  readonly rebalances = new Counter({
    name: 'sink_rebalances_total',
    help: 'Partitions that the group `assigned` to this sink, `revoked` from it, or declared `lost`.',
    labelNames: ['kind'],
    registers: this.#registers,
  });
  readonly appendSeconds = new Histogram({
    name: 'sink_append_seconds',
    help: 'Seconds from the start of an append until its lines are durable.',
    buckets: APPEND_SECONDS,
    registers: this.#registers,
  });
  readonly claimSeconds = new Histogram({
    name: 'sink_claim_seconds',
    help: 'Seconds from the start of a successful claim until the partition is read again.',
    buckets: [...APPEND_SECONDS, 60, 120],
    registers: this.#registers,
  });

  /** @param reports called at every scrape */
  constructor(reports: () => readonly PartitionReport[]) {
    collectDefaultMetrics({ register: this.registry });
    for (const { name, help, read } of GAUGES) {
      new Gauge({
        name,
        help,
        ...this.#perPartition,
        // Workers that all see a partition without a reader tell the same of it.
        aggregator: 'max',
        collect() {
          this.reset();
          for (const report of reports()) {
            const value = read(report);
            if (value !== undefined) this.set({ partition: report.partition }, value);
          }
        },
      });
    }
  }

  /**
   * Starts a partition's counters at 0. Prometheus sees no increase in a counter that first appears
   * with the value 1.
   */
  begin(partition: number): void {
    for (const counter of [this.rejected, this.skippedOffsets, this.fenced]) counter.inc({ partition }, 0);
  }
}
