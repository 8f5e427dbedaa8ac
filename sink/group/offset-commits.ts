import type { Logger } from 'pino';
import type { DurableOffsets } from './feed.ts';
import type { GroupClient } from './group-client.ts';

const COMMIT_INTERVAL_MS = 1_000;

/**
 * The durable offsets that are not committed to Kafka yet. Commits serve monitors alone: HDFS tells
 * where to read on.
 */
export class OffsetCommits implements DurableOffsets {
  readonly #topic: string;
  readonly #log: Logger;
  readonly #next = new Map<number, number>();
  #committedAtMs = 0;

  constructor({ topic, log }: { readonly topic: string; readonly log: Logger }) {
    this.#topic = topic;
    this.#log = log;
  }

  note(partition: number, next: number): void {
    this.#next.set(partition, next);
  }

  /** Drops the offsets of lost partitions: their new owner commits them. */
  forget(partitions: readonly number[]): void {
    for (const partition of partitions) this.#next.delete(partition);
  }

  commitWhenDue(client: GroupClient): void {
    if (performance.now() - this.#committedAtMs >= COMMIT_INTERVAL_MS) this.commit(client);
  }

  commit(client: GroupClient): void {
    this.#committedAtMs = performance.now();
    const topic = this.#topic;
    const offsets = [...this.#next].map(([partition, offset]) => ({ topic, partition, offset }));
    this.#next.clear();
    if (offsets.length === 0) return;
    try {
      client.commit(offsets);
    } catch (error) {
      // The partition's next commit reaches at least as far.
      this.#log.debug({ err: error }, 'offsets not committed');
    }
  }
}
