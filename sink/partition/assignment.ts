import type { Logger } from 'pino';
import { Consumer, type ConsumerOptions, type GroupListener } from '../group/consumer.ts';
import type { Store } from '../ledger/store.ts';
import { SinkMetrics } from '../operations/metrics.ts';
import { type PartitionReport, reportOf, unreadReport } from '../operations/report.ts';
import { ClaimGate } from './claim-gate.ts';
import type { Schedule } from './next-step.ts';
import { PartitionWriter } from './partition-writer.ts';
import { ProgressWatchdog } from './progress-watchdog.ts';
import type { WriterLimits } from './session.ts';

export interface AssignmentOptions {
  readonly consumer: ConsumerOptions;
  readonly store: Store;
  readonly schedule: Schedule;
  /** Bytes that all partitions together may have read that are not durable. */
  readonly bufferBytes: number;
  readonly onGap: 'continue' | 'stop';
  readonly drainTimeoutMs: number;
  /** After this time without an ended request, a session with waiting lines stands still. */
  readonly writeTimeoutMs: number;
  readonly log: Logger;
  /** Called when the membership is beyond repair: the process has to start anew. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Larger appends gain nothing: an append of 8 MB takes hardly longer than an append of one line.
 */
const APPEND_BYTES = 8 * 1024 * 1024;

/**
 * The partitions that the group has assigned to this member, with one writer each. `assigned` makes
 * a writer, `revoked` drains it, and `lost` drops it.
 */
export class Assignment implements GroupListener {
  readonly #options: AssignmentOptions;
  readonly #writers = new Map<number, PartitionWriter>();
  readonly #consumer: Consumer;
  readonly #limits: WriterLimits;
  readonly #watchdog: ProgressWatchdog;
  readonly #gate = new ClaimGate();
  #joined = false;
  readonly metrics = new SinkMetrics(() => this.report());

  constructor(options: AssignmentOptions) {
    this.#options = options;
    this.#consumer = new Consumer(options.consumer, this);
    this.#watchdog = new ProgressWatchdog(options);
    const share = (): number => options.bufferBytes / Math.max(1, this.#writers.size);
    this.#limits = {
      ...options.schedule,
      appendBytes: APPEND_BYTES,
      get highBytes() {
        return share();
      },
      get lowBytes() {
        return share() / 2;
      },
    };
  }

  /** Whether the sink is a member of the group and knows its partitions, even if it has none. */
  get joined(): boolean {
    return this.#joined && this.#consumer.isConnected;
  }

  run(): void {
    this.#consumer.run();
  }

  /** Drains every partition within the deadline and leaves the group. */
  async stop(): Promise<void> {
    await this.#consumer.leave();
    this.#options.store.close();
  }

  report(): readonly PartitionReport[] {
    const { topic } = this.#consumer;
    const owned = [...this.#writers.values()].map((writer) => reportOf(writer, topic.end(writer.partition)));
    const unread = topic.unread.filter((partition) => !this.#writers.has(partition));
    return [...owned, ...unread.map((partition) => unreadReport(partition, topic.end(partition)))];
  }

  /**
   * A sentence about what stands still, though neither Kafka nor HDFS is in its way; undefined when
   * nothing does. The caller has to ask regularly.
   */
  standstill(): string | undefined {
    const writers = [...this.#writers.values()];
    return this.#watchdog.findStandstill(performance.now(), this.#consumer.polledAtMs, writers);
  }

  assigned(partitions: readonly number[]): void {
    this.#joined = true;
    this.#options.log.info({ partitions }, 'partitions assigned');
    this.metrics.rebalances.inc({ kind: 'assigned' }, partitions.length);
    for (const partition of partitions) this.#writers.set(partition, this.#newWriter(partition));
  }

  async revoked(partitions: readonly number[]): Promise<void> {
    this.#options.log.info({ partitions }, 'partitions revoked');
    this.metrics.rebalances.inc({ kind: 'revoked' }, partitions.length);
    const writers = partitions.flatMap((partition) => this.#writers.get(partition) ?? []);
    await Promise.all(writers.map((writer) => writer.revoke(this.#options.drainTimeoutMs)));
    this.#forget(writers);
  }

  lost(partitions: readonly number[]): void {
    this.#joined = false;
    this.#options.log.warn({ partitions }, 'partitions lost');
    this.metrics.rebalances.inc({ kind: 'lost' }, partitions.length);
    const writers = partitions.flatMap((partition) => this.#writers.get(partition) ?? []);
    for (const writer of writers) writer.lose();
    this.#forget(writers);
  }

  failed(error: Error): void {
    this.#options.onFailure(error);
  }

  #forget(writers: readonly PartitionWriter[]): void {
    for (const writer of writers) {
      if (this.#writers.get(writer.partition) === writer) this.#writers.delete(writer.partition);
    }
  }

  #newWriter(partition: number): PartitionWriter {
    const { store, onGap, log } = this.#options;
    return new PartitionWriter({
      partition,
      gate: this.#gate,
      store,
      feed: this.#consumer,
      limits: this.#limits,
      metrics: this.metrics,
      onGap,
      log: log.child({ partition }),
    });
  }
}
