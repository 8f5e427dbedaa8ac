import type { Logger } from 'pino';
import type { GroupClient } from './group-client.ts';

const COMMIT_INTERVAL_MS = 1_000;

/** What is durable but not committed to Kafka yet. Commits are for monitors alone: HDFS knows where to read on. */
export class OffsetCommits {
  readonly #topic: string;
  readonly #log: Logger;
  readonly #next = new Map<number, number>();
  #committedAtMs = 0;

  constructor({ topic, log }: { readonly topic: string; readonly log: Logger }) {
    this.#topic = topic;
    this.#log = log;
  }

  /** @param next the offset after the last durable line */
  note(partition: number, next: number): void {
    this.#next.set(partition, next);
  }

  /** Partitions that were lost are not ours to commit any more. */
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
      // The next one says as much.
      this.#log.debug({ err: error }, 'offsets not committed');
    }
  }
}
