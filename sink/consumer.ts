import { setTimeout as delay } from 'node:timers/promises';
import kafka, { type Assignment, type LibrdKafkaError, type Message } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';
import { BackOff } from './back-off.ts';
import type { Feed } from './feed.ts';
import {
  connect,
  disconnect,
  type GroupClient,
  type MembershipOptions,
  newGroupClient,
  settle,
} from './group-client.ts';
import type { TopicRecord } from './line.ts';

/** What the group tells: three verbs, for a partition lost is not a partition revoked. */
export interface GroupListener {
  assigned(partitions: readonly number[]): void;
  /** The partitions are given up once this has resolved; it must end by itself. */
  revoked(partitions: readonly number[]): Promise<void>;
  lost(partitions: readonly number[]): void;
  /** The membership is beyond repair; the process has to start anew. */
  failed(error: Error): void;
}

export interface ConsumerOptions extends MembershipOptions {
  readonly topic: string;
  readonly log: Logger;
}

/** How long one poll waits for a first message; commands wait no longer than this. */
const POLL_MS = 50;
/** Messages a poll brings at most. */
const POLL_COUNT = 1_000;
const COMMIT_INTERVAL_MS = 1_000;
const BROKER_TIMEOUT_MS = 10_000;
const SAY_AGAIN_MS = 10_000;
const SETTLE_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 5_000;
const CONNECT_BACK_OFF_MS = { first: 500, last: 5_000 };

/**
 * The sink's place in the consumer group. One loop owns the client: between two polls, when no message is on its
 * way to us, it does what was asked of it meanwhile (start, stop, give up), so that a record fetched before a start
 * can never be taken for one fetched after it. Rebalance callbacks only ask.
 *
 * An assignment is acknowledged at once and empty; each partition is added by itself when its claim has found the
 * offset to read from, so a slow recovery holds up neither the group nor the other partitions.
 */
export class Consumer implements Feed {
  readonly #options: ConsumerOptions;
  readonly #listener: GroupListener;
  readonly #receivers = new Map<number, (record: TopicRecord) => void>();
  readonly #owned = new Set<number>();
  /** What is durable but not committed yet. */
  readonly #uncommitted = new Map<number, number>();
  /** When an error was last logged, by its code. */
  readonly #saidAtMs = new Map<number, number>();
  #commands: ((client: GroupClient | undefined) => void)[] = [];
  #client: GroupClient | undefined;
  #committedAtMs = 0;
  #leaving = false;
  #over = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ConsumerOptions, listener: GroupListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Connects, for as long as that takes, joins the group, and polls until `leave`. */
  run(): void {
    this.#ended = this.#run().catch((error: Error) => this.#listener.failed(error));
  }

  /**
   * Gives up all that is owned, drained as for a revoke, and disconnects. A static member keeps its place in the group,
   * so that nobody is disturbed if it is back within the session time-out; any other leaves.
   */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (!this.#client) return;
    if (this.#options.instanceId === undefined) {
      // Answered by a revoke of what is owned; the loop ends when that is through.
      await this.#between((client) => client.unsubscribe()).catch(() => undefined);
    } else {
      const owned = [...this.#owned];
      await this.#listener.revoked(owned);
      this.#ask((client) => this.#giveUp(client, owned));
    }
    await this.#ended;
  }

  async start(partition: number, offset: number, receive: (record: TopicRecord) => void): Promise<void> {
    await this.#between((client) => {
      if (!this.#owned.has(partition)) throw new Error(`partition ${partition} is no longer ours`);
      this.#remove(client, [partition]);
      client.incrementalAssign([{ ...this.#name(partition), offset }]);
      // A pause outlives the assignment it was made in.
      client.resume([this.#name(partition)]);
      this.#receivers.set(partition, receive);
    });
  }

  async stop(partition: number): Promise<void> {
    await this.#between((client) => this.#remove(client, [partition])).catch(() => undefined);
  }

  pause(partition: number): void {
    this.#client?.pause([this.#name(partition)]);
  }

  resume(partition: number): void {
    this.#client?.resume([this.#name(partition)]);
  }

  async polled(): Promise<void> {
    // The second is done after the first, and a poll lies between.
    await this.#between(() => undefined).catch(() => undefined);
    await this.#between(() => undefined).catch(() => undefined);
  }

  watermarks(partition: number): Promise<{ low: number; high: number }> {
    return new Promise((resolve, reject) => {
      const client = this.#client;
      if (!client) return reject(new Error('not connected to Kafka'));
      client.queryWatermarkOffsets(this.#options.topic, partition, BROKER_TIMEOUT_MS, (error, offsets) => {
        if (error) reject(error);
        else resolve({ low: offsets.lowOffset, high: offsets.highOffset });
      });
    });
  }

  durable(partition: number, next: number): void {
    this.#uncommitted.set(partition, next);
  }

  /** The topic's end as the last fetch told it; asks nobody. */
  endOffset(partition: number): number | undefined {
    try {
      const high = this.#client?.getWatermarkOffsets(this.#options.topic, partition).highOffset;
      return high !== undefined && high >= 0 ? high : undefined;
    } catch {
      return undefined;
    }
  }

  async #run(): Promise<void> {
    this.#client = await this.#connect();
    this.#client?.subscribe([this.#options.topic]);
    while (this.#client) {
      this.#obey();
      if (this.#leaving && this.#owned.size === 0) break;
      await this.#pollUntilAsked(this.#client);
    }
    this.#over = true;
    const client = this.#client;
    this.#client = undefined;
    this.#obey();
    if (!client) return;
    await settle(client, this.#options.topic, SETTLE_TIMEOUT_MS);
    await disconnect(client, DISCONNECT_TIMEOUT_MS);
  }

  async #connect(): Promise<GroupClient | undefined> {
    const backOff = new BackOff(CONNECT_BACK_OFF_MS.first, CONNECT_BACK_OFF_MS.last);
    while (!this.#leaving) {
      const client: GroupClient = newGroupClient(this.#options, (error, partitions) => {
        // Asked once more while disconnecting, when all is given up already.
        if (this.#over) client.incrementalUnassign([]);
        else this.#rebalance(error, partitions);
      });
      client.setDefaultConsumeTimeout(POLL_MS);
      client.setDefaultIsTimeoutOnlyForFirstMessage(true);
      client.on('event.error', (error) => this.#report(error));
      try {
        await connect(client, { topic: this.#options.topic, timeoutMs: BROKER_TIMEOUT_MS });
        return client;
      } catch (error) {
        await disconnect(client, DISCONNECT_TIMEOUT_MS);
        const pauseMs = Math.round(backOff.next());
        this.#options.log.warn({ err: error, pauseMs }, 'Kafka is out of reach; connecting again');
        await delay(pauseMs);
      }
    }
    return undefined;
  }

  /** Called by librdkafka, possibly during a poll: it only asks. */
  #rebalance(error: LibrdKafkaError, assignments: readonly Assignment[]): void {
    const partitions = assignments.map((assignment) => assignment.partition);
    if (error.code === kafka.CODES.ERRORS.ERR__ASSIGN_PARTITIONS) {
      for (const partition of partitions) this.#owned.add(partition);
      this.#ask((client) => client.incrementalAssign([]));
      this.#listener.assigned(partitions);
      return;
    }
    const giveUp = (): void => this.#ask((client) => this.#giveUp(client, partitions));
    if (this.#client?.assignmentLost()) {
      for (const partition of partitions) this.#uncommitted.delete(partition);
      this.#listener.lost(partitions);
      giveUp();
    } else {
      this.#listener.revoked(partitions).then(giveUp, giveUp);
    }
  }

  #giveUp(client: GroupClient, partitions: readonly number[]): void {
    this.#commit(client);
    for (const partition of partitions) this.#owned.delete(partition);
    this.#remove(client, partitions, 'answer');
  }

  /** Takes what was started out of the assignment; a revoke wants an answer also where nothing was. */
  #remove(client: GroupClient, partitions: readonly number[], purpose: 'stop' | 'answer' = 'stop'): void {
    const started = partitions.filter((partition) => this.#receivers.delete(partition));
    if (started.length === 0 && purpose === 'stop') return;
    client.incrementalUnassign(started.map((partition) => this.#name(partition)));
  }

  /** Polls, the next one under way while the last one's messages are handed out, until there is a command. */
  async #pollUntilAsked(client: GroupClient): Promise<void> {
    let messages = await this.#consume(client);
    while (this.#commands.length === 0) {
      const next = this.#consume(client);
      this.#handOut(messages);
      if (Date.now() - this.#committedAtMs >= COMMIT_INTERVAL_MS) this.#commit(client);
      messages = await next;
    }
    this.#handOut(messages);
  }

  #handOut(messages: readonly Message[]): void {
    for (const message of messages) this.#receivers.get(message.partition)?.(message);
  }

  #consume(client: GroupClient): Promise<readonly Message[]> {
    return new Promise((resolve) => {
      client.consume(POLL_COUNT, (error, messages) => {
        if (!error) return resolve(messages);
        this.#report(error);
        // Some errors come at once, and again and again.
        setTimeout(() => resolve([]), POLL_MS);
      });
    });
  }

  #commit(client: GroupClient): void {
    this.#committedAtMs = Date.now();
    const offsets = [...this.#uncommitted].map(([partition, offset]) => ({
      ...this.#name(partition),
      offset,
    }));
    this.#uncommitted.clear();
    if (offsets.length > 0) client.commit(offsets);
  }

  #obey(): void {
    for (const command of this.#commands.splice(0)) command(this.#client);
  }

  #ask(command: (client: GroupClient) => void): void {
    this.#between(command).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'Kafka refused a change of the assignment');
    });
  }

  /** Does something to the client between two polls; rejects where there will be no poll any more. */
  #between(command: (client: GroupClient) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(new Error('no longer a member of the group'));
      this.#commands.push((client) => {
        if (!client) return reject(new Error('no longer a member of the group'));
        try {
          resolve(command(client));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** While the brokers are away librdkafka says so many times a second; once in a while is enough. */
  #report(error: LibrdKafkaError): void {
    const { code, message } = error;
    if (code === kafka.CODES.ERRORS.ERR__FATAL || error.isFatal) {
      this.#listener.failed(new Error(message));
      return;
    }
    const saidAtMs = this.#saidAtMs.get(code) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - saidAtMs < SAY_AGAIN_MS) return;
    this.#saidAtMs.set(code, performance.now());
    this.#options.log.warn({ code, message }, 'Kafka reports');
  }

  #name(partition: number): { topic: string; partition: number } {
    return { topic: this.#options.topic, partition };
  }
}
