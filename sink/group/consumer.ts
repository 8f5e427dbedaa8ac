import { CommandQueue } from './command-queue.ts';
import type { Feed } from './feed.ts';
import type { GroupClient } from './group-client.ts';
import { GroupConnection, type GroupConnectionOptions } from './group-connection.ts';
import { OffsetCommits } from './offset-commits.ts';
import { OwnedPartitions } from './owned-partitions.ts';
import { Poll, type Polled } from './poll.ts';
import { type Rebalance, rebalanceOf } from './rebalance.ts';
import { TopicWatch } from './topic-watch.ts';

/** Hears how the group changes this member's assignment. */
export interface GroupListener {
  assigned(partitions: readonly number[]): void;
  /** The member gives the partitions up when this has resolved. It must end by itself. */
  revoked(partitions: readonly number[]): Promise<void>;
  lost(partitions: readonly number[]): void;
  /** The membership is beyond repair: the process has to start anew. */
  failed(error: Error): void;
}

export type ConsumerOptions = GroupConnectionOptions;

/**
 * The sink's membership of the consumer group, and the feed of its partitions.
 *
 * One loop owns the client. Rebalance callbacks and callers only enqueue. The loop executes what is
 * enqueued between two polls, when no message is on its way from the client. A record that was
 * fetched before a `start` can therefore never reach the reader of that start.
 *
 * The loop acknowledges an assignment at once, with an empty one. `OwnedPartitions` adds each
 * partition by itself, once its claim has found the offset to read from. A slow recovery therefore
 * delays neither the group nor the other partitions.
 */
export class Consumer implements Feed {
  readonly partitions: OwnedPartitions;
  readonly topic: TopicWatch;
  readonly commits: OffsetCommits;
  readonly #options: ConsumerOptions;
  readonly #listener: GroupListener;
  readonly #commands = new CommandQueue<GroupClient>();
  readonly #connection: GroupConnection;
  readonly #end = new AbortController();
  #rebalances: Rebalance[] = [];
  #client: GroupClient | undefined;
  #polledAtMs: number | undefined;
  #leaving = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ConsumerOptions, listener: GroupListener) {
    this.#options = options;
    this.#listener = listener;
    this.partitions = new OwnedPartitions(options.topic, this.#commands);
    this.topic = new TopicWatch(options);
    this.commits = new OffsetCommits(options);
    this.#connection = new GroupConnection(options, (error) => {
      if (!this.#end.signal.aborted) listener.failed(error);
    });
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** The time of the loop's last turn, by `performance.now()`; undefined while no loop runs. */
  get polledAtMs(): number | undefined {
    return this.isConnected ? this.#polledAtMs : undefined;
  }

  /** Connects, however long that takes, joins the group, and polls until `leave`. */
  run(): void {
    this.#ended = this.#run().catch((error: Error) => this.#listener.failed(error));
  }

  /**
   * Gives up every partition, drained as for a revoke, and disconnects. Partitions that are
   * assigned meanwhile are not begun. A static member stays in the group: no rebalance follows when
   * it comes back within the session time-out. Any other member leaves the group.
   */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (!this.#client) return;
    if (this.#options.instanceId === undefined) {
      // A revoke of every partition follows. The loop ends when that revoke is answered.
      await this.#commands.ask((client) => client.unsubscribe()).catch(() => this.partitions.disown());
    } else {
      const owned = [...this.partitions];
      await Promise.all([this.partitions.revoke, this.#listener.revoked(owned)]);
      this.#commands.ask((client) => this.#giveUp(client, owned)).catch(this.#warn);
    }
    await this.#ended;
  }

  async #run(): Promise<void> {
    const client = await this.#connection.open(
      (member, error, assignments) => {
        // librdkafka asks once more while it disconnects, after the member gave up every partition.
        if (this.#end.signal.aborted) member.incrementalUnassign([]);
        else this.#rebalances.push(rebalanceOf(member, error, assignments));
      },
      () => !this.#leaving,
    );
    if (!client) return;
    this.#connected(client);
    await this.#loop(client);
    this.#end.abort();
    this.#client = undefined;
    this.partitions.use(undefined);
    this.#commands.close();
    await this.#connection.close(client);
  }

  #connected(client: GroupClient): void {
    this.#client = client;
    this.partitions.use(client);
    client.subscribe([this.#options.topic]);
    this.topic.follow(client, {
      partitions: () => this.partitions,
      // Each partition has to be claimed again. The claim finds out that the topic was made anew.
      onAnew: () => this.#listener.failed(new Error('the topic was made anew')),
      signal: this.#end.signal,
    });
  }

  async #loop(client: GroupClient): Promise<void> {
    const poll = new Poll(client, (error) => this.#connection.report(error));
    for (;;) {
      // A revoke holds back the starts among the commands, so the rebalances come first.
      for (const rebalance of this.#rebalances.splice(0)) this.#answer(client, rebalance);
      this.#commands.execute(client);
      if (this.#leaving && this.partitions.size === 0) return;
      await this.#pollUntilAsked(client, poll);
    }
  }

  /**
   * Polls until something is enqueued. The next poll is under way while messages are handed out.
   */
  async #pollUntilAsked(client: GroupClient, poll: Poll): Promise<void> {
    const receive = (polled: Polled): void => this.partitions.handOut(polled);
    this.#polledAtMs = performance.now();
    let polled = await poll.next();
    while (!this.#commands.isPending && this.#rebalances.length === 0) {
      this.#polledAtMs = performance.now();
      const next = poll.next();
      receive(polled);
      this.commits.commitWhenDue(client);
      polled = await next;
    }
    receive(polled);
  }

  #answer(client: GroupClient, { kind, partitions }: Rebalance): void {
    switch (kind) {
      case 'assigned':
        this.#assigned(client, partitions);
        break;
      case 'revoked':
        this.#revoked(partitions);
        break;
      case 'lost':
        this.#lost(client, partitions);
        break;
    }
  }

  #assigned(client: GroupClient, partitions: readonly number[]): void {
    this.#try(() => client.incrementalAssign([]));
    if (this.#leaving) return;
    this.partitions.own(partitions);
    this.#listener.assigned(partitions);
  }

  #revoked(partitions: readonly number[]): void {
    const answered = this.#listener
      .revoked(partitions)
      .catch(() => undefined)
      .then(() => this.#commands.ask((client) => this.#giveUp(client, partitions)))
      .catch(this.#warn);
    this.partitions.holdUntil(answered);
  }

  #lost(client: GroupClient, partitions: readonly number[]): void {
    this.commits.forget(partitions);
    this.#listener.lost(partitions);
    this.#try(() => this.#giveUp(client, partitions));
  }

  #giveUp(client: GroupClient, partitions: readonly number[]): void {
    this.commits.commit(client);
    this.partitions.giveUp(client, partitions);
  }

  #try(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#warn(error);
    }
  }

  readonly #warn = (error: unknown): void => {
    this.#options.log.warn({ err: error }, 'Kafka refused a change of the assignment');
  };
}
