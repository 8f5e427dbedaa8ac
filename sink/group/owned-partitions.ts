import type { GroupClient } from './group-client.ts';

/**
 * The partitions of one topic that the group has given us, and which of them the client reads for us: a part of them, and each since
 * its own time. To `read` and to `giveUp` is for the loop that owns the client, when no message is on its way from it.
 */
export class OwnedPartitions implements Iterable<number> {
  readonly #topic: string;
  readonly #owned = new Set<number>();
  /** Added to librdkafka's assignment. */
  readonly #read = new Set<number>();

  constructor(topic: string) {
    this.#topic = topic;
  }

  get size(): number {
    return this.#owned.size;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#owned.values();
  }

  own(partitions: readonly number[]): void {
    for (const partition of partitions) this.#owned.add(partition);
  }

  /** Nothing is ours any more; the client is not told. */
  disown(): void {
    this.#owned.clear();
  }

  /** Reads on from an offset, wherever it was read before. @throws where it is not ours */
  read(client: GroupClient, partition: number, offset: number): void {
    if (!this.#owned.has(partition)) throw new Error(`partition ${partition} is no longer ours`);
    this.#stopReading(client, [partition]);
    client.incrementalAssign([{ ...this.#name(partition), offset }]);
    this.#read.add(partition);
    // A pause outlives the assignment it was made in.
    client.resume([this.#name(partition)]);
  }

  pause(client: GroupClient | undefined, partition: number): void {
    if (this.#read.has(partition)) client?.pause([this.#name(partition)]);
  }

  resume(client: GroupClient | undefined, partition: number): void {
    if (this.#read.has(partition)) client?.resume([this.#name(partition)]);
  }

  /** Also where none of them is read: a revoke wants its answer. */
  giveUp(client: GroupClient, partitions: readonly number[]): void {
    for (const partition of partitions) this.#owned.delete(partition);
    if (!this.#stopReading(client, partitions)) client.incrementalUnassign([]);
  }

  /** Whether any of them was read. */
  #stopReading(client: GroupClient, partitions: readonly number[]): boolean {
    const read = partitions.filter((partition) => this.#read.delete(partition));
    if (read.length > 0) client.incrementalUnassign(read.map((partition) => this.#name(partition)));
    return read.length > 0;
  }

  #name(partition: number): { topic: string; partition: number } {
    return { topic: this.#topic, partition };
  }
}
