import type { Logger } from 'pino';
import { Consumer, type ConsumerOptions, type GroupListener } from '../group/consumer.ts';
import type { Store } from '../ledger/store.ts';
import { SinkMetrics } from '../operations/metrics.ts';
import type { PartitionReport } from '../operations/report.ts';
import type { Schedule } from './next-step.ts';
import { PartitionWriter } from './partition-writer.ts';
import { Standstill } from './progress-watchdog.ts';
import type { WriterLimits } from './session.ts';

export interface AssignmentOptions {
  readonly consumer: ConsumerOptions;
  readonly store: Store;
  readonly schedule: Schedule;
  /** Bytes that all partitions together may have read but not durable. */
  readonly bufferBytes: number;
  readonly onGap: 'continue' | 'stop';
  readonly drainTimeoutMs: number;
  /** How long lines may wait before none of them becoming durable is no delay any more. */
  readonly writeTimeoutMs: number;
  readonly log: Logger;
  /** The group will not have us any more: the process has to start anew. */
  readonly onFailure: (error: Error) => void;
}

/** More at a time gains nothing: 8 MB in one append take hardly longer than one line. */
const APPEND_BYTES = 8 * 1024 * 1024;

/**
 * The partitions that are ours, a writer each. Assigned makes one, revoked drains it, lost drops it; nothing else
 * does.
 */
export class Assignment implements GroupListener {
  readonly #options: AssignmentOptions;
  readonly #writers = new Map<number, PartitionWriter>();
  readonly #consumer: Consumer;
  readonly #limits: WriterLimits;
  readonly #standstill: Standstill;
  #joined = false;
  readonly metrics = new SinkMetrics(() => this.report());

  constructor(options: AssignmentOptions) {
    this.#options = options;
    this.#consumer = new Consumer(options.consumer, this);
    this.#standstill = new Standstill(options);
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

  /** A member of the group that knows its partitions, be they none. */
  get joined(): boolean {
    return this.#joined && this.#consumer.isConnected;
  }

  run(): void {
    this.#consumer.run();
  }

  /** Drains everything within the deadline and leaves the group. */
  async stop(): Promise<void> {
    await this.#consumer.leave();
    this.#options.store.close();
  }

  report(): readonly PartitionReport[] {
    return [...this.#writers.values()].map((writer) => ({
      partition: writer.partition,
      state: writer.state.name,
      reason: 'reason' in writer.state ? writer.state.reason : undefined,
      durableOffset: writer.durable,
      endOffset: this.#consumer.topic.endOffset(writer.partition),
      bufferedBytes: writer.bufferedBytes,
    }));
  }

  /** What does not go on, though nothing outside is in its way; undefined where all does. To be asked regularly. */
  standstill(): string | undefined {
    return this.#standstill.look(performance.now(), this.#consumer.polledAtMs, [...this.#writers.values()]);
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
      store,
      feed: this.#consumer,
      limits: this.#limits,
      metrics: this.metrics,
      onGap,
      log: log.child({ partition }),
    });
  }
}
