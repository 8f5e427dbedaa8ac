import kafka, { type Assignment, type LibrdKafkaError, type Message } from '@confluentinc/kafka-javascript';
import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import type { TopicRecord } from '../ledger/line.ts';
import { Commands } from './command-queue.ts';
import type { Feed } from './feed.ts';
import type { GroupClient } from './group-client.ts';
import { GroupConnection, type GroupConnectionOptions } from './group-connection.ts';
import { OffsetCommits } from './offset-commits.ts';
import { OwnedPartitions } from './owned-partitions.ts';
import { Poll } from './poll.ts';
import { TopicWatch } from './topic-watch.ts';

/** What the group tells: three verbs, for a partition lost is not a partition revoked. */
export interface GroupListener {
  assigned(partitions: readonly number[]): void;
  /** The partitions are given up once this has resolved; it must end by itself. */
  revoked(partitions: readonly number[]): Promise<void>;
  lost(partitions: readonly number[]): void;
  /** The membership is beyond repair; the process has to start anew. */
  failed(error: Error): void;
}

export type ConsumerOptions = GroupConnectionOptions;

/**
 * The sink's place in the consumer group. One loop owns the client: between two polls, when no message is on its
 * way to us, it does what was asked of it meanwhile (start, give up), so that a record fetched before a start can never
 * be taken for one fetched after it. Rebalance callbacks only ask.
 *
 * An assignment is acknowledged at once and empty; each partition is added by itself when its claim has found the
 * offset to read from, so a slow recovery holds up neither the group nor the other partitions. While a revoke is
 * under way nothing is added or taken away: librdkafka would take that for the answer to the revoke.
 */
export class Consumer implements Feed {
  readonly #options: ConsumerOptions;
  readonly #listener: GroupListener;
  readonly #commands = new Commands<GroupClient>();
  readonly #topic: TopicWatch;
  readonly #commits: OffsetCommits;
  readonly #connection: GroupConnection;
  readonly #owned: OwnedPartitions;
  readonly #receivers = new Map<number, (record: TopicRecord) => void>();
  readonly #end = new AbortController();
  #client: GroupClient | undefined;
  #revoking: Promise<void> = Promise.resolve();
  #polledAtMs: number | undefined;
  #leaving = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ConsumerOptions, listener: GroupListener) {
    this.#options = options;
    this.#listener = listener;
    this.#topic = new TopicWatch(options);
    this.#commits = new OffsetCommits(options);
    this.#owned = new OwnedPartitions(options.topic);
    this.#connection = new GroupConnection(options, (error) => {
      if (!this.#end.signal.aborted) this.#listener.failed(error);
    });
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** When the loop last turned, by `performance.now()`; undefined while there is none to turn. */
  get polledAtMs(): number | undefined {
    return this.connected ? this.#polledAtMs : undefined;
  }

  /** Connects, for as long as that takes, joins the group, and polls until `leave`. */
  run(): void {
    this.#ended = this.#run().catch((error: Error) => this.#listener.failed(error));
  }

  /**
   * Gives up all that is owned, drained as for a revoke, and disconnects. A static member keeps its place in the group,
   * so that nobody is disturbed if it is back within the session time-out; any other leaves. What is assigned meanwhile
   * is not begun.
   */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (!this.#client) return;
    if (this.#options.instanceId === undefined) {
      // Answered by a revoke of what is owned; the loop ends when that is through.
      await this.#commands.ask((client) => client.unsubscribe()).catch(() => this.#owned.disown());
    } else {
      const owned = [...this.#owned];
      await Promise.all([this.#revoking, this.#listener.revoked(owned)]);
      this.#ask((client) => this.#giveUp(client, owned));
    }
    await this.#ended;
  }

  async start(partition: number, offset: number, receive: (record: TopicRecord) => void): Promise<void> {
    for (let started = false; !started; ) {
      const revoking = this.#revoking;
      await revoking;
      started = await this.#commands.ask((client) => {
        if (this.#revoking !== revoking) return false;
        this.#owned.read(client, partition, offset);
        this.#receivers.set(partition, receive);
        return true;
      });
    }
  }

  async stop(partition: number): Promise<void> {
    this.#receivers.delete(partition);
    this.pause(partition);
  }

  pause(partition: number): void {
    this.#owned.pause(this.#client, partition);
  }

  resume(partition: number): void {
    this.#owned.resume(this.#client, partition);
  }

  async polled(): Promise<void> {
    // The second is done after the first, and a poll lies between.
    await this.#commands.ask(() => undefined).catch(() => undefined);
    await this.#commands.ask(() => undefined).catch(() => undefined);
  }

  watermarks(partition: number): Promise<OffsetRange> {
    return this.#topic.watermarks(partition);
  }

  topicId(): Promise<string | undefined> {
    return this.#topic.id();
  }

  durable(partition: number, next: number): void {
    this.#commits.note(partition, next);
  }

  /** The topic's end as last heard of; asks nobody. */
  endOffset(partition: number): number | undefined {
    return this.#topic.endOffset(partition);
  }

  async #run(): Promise<void> {
    const client = await this.#connection.open(
      (member, error, partitions) => this.#rebalance(member, error, partitions),
      () => !this.#leaving,
    );
    if (!client) return;
    this.#client = client;
    client.subscribe([this.#options.topic]);
    this.#topic.follow(client, {
      partitions: () => this.#owned,
      // Every partition has to be claimed again, where it is found out.
      onAnew: () => this.#listener.failed(new Error('the topic was made anew')),
      signal: this.#end.signal,
    });
    const poll = new Poll(client, (error) => this.#connection.report(error));
    for (;;) {
      this.#commands.obey(client);
      if (this.#leaving && this.#owned.size === 0) break;
      await this.#pollUntilAsked(client, poll);
    }
    this.#end.abort();
    this.#client = undefined;
    this.#commands.close();
    await this.#connection.close(client);
  }

  /** Called by librdkafka, possibly during a poll: it only asks. */
  #rebalance(client: GroupClient, error: LibrdKafkaError, assignments: readonly Assignment[]): void {
    const partitions = assignments.map((assignment) => assignment.partition);
    // Asked once more while disconnecting, when all is given up already.
    if (this.#end.signal.aborted) client.incrementalUnassign([]);
    else if (error.code === kafka.CODES.ERRORS.ERR__ASSIGN_PARTITIONS) this.#assigned(partitions);
    else if (client.assignmentLost()) this.#lost(partitions);
    else this.#revoked(partitions);
  }

  #assigned(partitions: readonly number[]): void {
    this.#ask((client) => client.incrementalAssign([]));
    if (this.#leaving) return;
    this.#owned.own(partitions);
    this.#listener.assigned(partitions);
  }

  #lost(partitions: readonly number[]): void {
    this.#commits.forget(partitions);
    this.#listener.lost(partitions);
    this.#ask((client) => this.#giveUp(client, partitions));
  }

  #revoked(partitions: readonly number[]): void {
    const drained = this.#listener.revoked(partitions).catch(() => undefined);
    this.#revoking = drained
      .then(() => this.#commands.ask((client) => this.#giveUp(client, partitions)))
      .catch((error: unknown) => this.#refused(error));
  }

  #giveUp(client: GroupClient, partitions: readonly number[]): void {
    for (const partition of partitions) this.#receivers.delete(partition);
    this.#commits.commit(client);
    this.#owned.giveUp(client, partitions);
  }

  /** Polls, the next one under way while the last one's messages are handed out, until there is a command. */
  async #pollUntilAsked(client: GroupClient, poll: Poll): Promise<void> {
    this.#polledAtMs = performance.now();
    let messages = await poll.next();
    while (!this.#commands.pending) {
      this.#polledAtMs = performance.now();
      const next = poll.next();
      this.#handOut(messages);
      this.#commits.commitWhenDue(client);
      messages = await next;
    }
    this.#handOut(messages);
  }

  #handOut(messages: readonly Message[]): void {
    for (const message of messages) this.#receivers.get(message.partition)?.(message);
  }

  #ask(command: (client: GroupClient) => void): void {
    this.#commands.ask(command).catch((error: unknown) => this.#refused(error));
  }

  #refused(error: unknown): void {
    this.#options.log.warn({ err: error }, 'Kafka refused a change of the assignment');
  }
}
