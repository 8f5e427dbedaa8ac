import type { CommandQueue } from './command-queue.ts';
import type { PartitionReads, Reader } from './feed.ts';
import type { GroupClient } from './group-client.ts';
import type { Polled } from './poll.ts';

const nobody: Reader = { receive: () => {}, reachedEnd: () => {} };

/**
 * The partitions of one topic that the group has assigned to this member, and their readers. The
 * client reads only some of them, each since its own `start`. Each method with a `client` parameter
 * is for the loop that owns the client, between two polls.
 *
 * While a revoke waits for its answer, librdkafka's assignment must not change. librdkafka would
 * take any change for the answer to the revoke.
 */
export class OwnedPartitions implements PartitionReads {
  readonly #topic: string;
  readonly #commands: CommandQueue<GroupClient>;
  readonly #owned = new Set<number>();
  /** The partitions in librdkafka's assignment, and their readers. */
  readonly #read = new Map<number, Reader>();
  #client: GroupClient | undefined;
  #revoke: Promise<void> = Promise.resolve();

  constructor(topic: string, commands: CommandQueue<GroupClient>) {
    this.#topic = topic;
    this.#commands = commands;
  }

  get size(): number {
    return this.#owned.size;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#owned.values();
  }

  /** Resolves when the last revoke is answered. */
  get revoke(): Promise<void> {
    return this.#revoke;
  }

  /** From now on `pause` and `resume` go to this client; with undefined they do nothing. */
  use(client: GroupClient | undefined): void {
    this.#client = client;
  }

  own(partitions: readonly number[]): void {
    for (const partition of partitions) this.#owned.add(partition);
  }

  /** Forgets every partition without telling the client. */
  disown(): void {
    this.#owned.clear();
  }

  /** Holds every `start` back until `answered` resolves. It must not reject. */
  holdUntil(answered: Promise<void>): void {
    this.#revoke = answered;
  }

  async start(partition: number, offset: number, reader: Reader): Promise<void> {
    for (let started = false; !started; ) {
      const revoke = this.#revoke;
      await revoke;
      started = await this.#commands.ask((client) => {
        if (this.#revoke !== revoke) return false;
        this.#startReading(client, partition, offset);
        this.#read.set(partition, reader);
        return true;
      });
    }
  }

  stop(partition: number): void {
    if (this.#read.has(partition)) this.#read.set(partition, nobody);
    this.pause(partition);
  }

  pause(partition: number): void {
    if (this.#read.has(partition)) this.#client?.pause([this.#name(partition)]);
  }

  resume(partition: number): void {
    if (this.#read.has(partition)) this.#client?.resume([this.#name(partition)]);
  }

  async polled(): Promise<void> {
    // The loop executes the second command after the first, and polls in between.
    await this.#commands.ask(() => undefined).catch(() => undefined);
    await this.#commands.ask(() => undefined).catch(() => undefined);
  }

  handOut({ messages, ends }: Polled): void {
    for (const message of messages) this.#read.get(message.partition)?.receive(message);
    for (const { partition, offset } of ends) this.#read.get(partition)?.reachedEnd(offset);
  }

  /** Removes partitions from librdkafka's assignment. It is the answer to a revoke too. */
  giveUp(client: GroupClient, partitions: readonly number[]): void {
    for (const partition of partitions) this.#owned.delete(partition);
    // A revoke needs an answer, even when the client reads none of its partitions.
    if (!this.#stopReading(client, partitions)) client.incrementalUnassign([]);
  }

  #startReading(client: GroupClient, partition: number, offset: number): void {
    if (!this.#owned.has(partition)) throw new Error(`partition ${partition} is no longer ours`);
    this.#stopReading(client, [partition]);
    client.incrementalAssign([{ ...this.#name(partition), offset }]);
    this.#read.set(partition, nobody);
    // librdkafka keeps a partition paused when the partition is assigned again.
    client.resume([this.#name(partition)]);
  }

  /** Returns whether the client read any of them. */
  #stopReading(client: GroupClient, partitions: readonly number[]): boolean {
    const read = partitions.filter((partition) => this.#read.delete(partition));
    if (read.length > 0) client.incrementalUnassign(read.map((partition) => this.#name(partition)));
    return read.length > 0;
  }

  #name(partition: number): { topic: string; partition: number } {
    return { topic: this.#topic, partition };
  }
}
