import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toLog } from '../../infra/kafka/client-log.ts';
import type { OffsetBounds, OffsetRange } from '../../infra/kafka/offsets.ts';
import { TopicQuestions, type TopicQuestionsOptions } from '../../infra/kafka/topic-questions.ts';
import type { TopicFacts } from './feed.ts';
import type { GroupClient } from './group-client.ts';
import { lastingTransaction, laterEnd, type PartitionEnd } from './partition-end.ts';

export interface TopicWatchOptions extends Omit<TopicQuestionsOptions, 'onDebug'> {
  readonly group: string;
  readonly log: Logger;
}

export interface Following {
  /** The partitions of this member. */
  readonly partitions: () => Iterable<number>;
  /** Called when the topic's id has changed. */
  readonly onAnew: () => void;
  /** Ends the watch when it aborts. */
  readonly signal: AbortSignal;
}

interface Connected {
  readonly client: GroupClient;
  readonly questions: TopicQuestions;
}

const WATCH_INTERVAL_MS = 5_000;

/**
 * What the sink knows of its topic beside the records. While the class follows a client it asks
 * every few seconds, for four reasons. The lag of a partition has to grow while the sink does not
 * read it because HDFS is away. Only its id tells a topic that was made anew from the old topic. A
 * partition that was added to the topic has no reader for some seconds. And a transaction that is
 * never ended holds readers up for ever.
 */
export class TopicWatch implements TopicFacts {
  readonly #options: TopicWatchOptions;
  readonly #ends = new Map<number, PartitionEnd>();
  /** The partitions whose bounds this watch is asking for. */
  readonly #asking = new Set<number>();
  /** The partitions that the group has given to a member before. */
  readonly #begun = new Set<number>();
  #unread: readonly number[] = [];
  #connected: Connected | undefined;

  constructor(options: TopicWatchOptions) {
    this.#options = options;
  }

  /** The topic's partitions that the group has never given to a member, ascending. */
  get unread(): readonly number[] {
    return this.#unread;
  }

  async bounds(partition: number): Promise<OffsetRange> {
    return this.#note(partition, await this.#connection().questions.bounds(partition));
  }

  async id(): Promise<string | undefined> {
    return (await this.#connection().questions.describe()).id;
  }

  firstOffset(partition: number): number {
    return Math.max(this.#ends.get(partition)?.low ?? 0, this.#fetchedFirst(partition));
  }

  /** The end of the partition, as it was last heard of; undefined before. Asks nobody. */
  end(partition: number): PartitionEnd | undefined {
    return this.#ends.get(partition);
  }

  /** Asks until the signal aborts. The client is connected. */
  follow(client: GroupClient, following: Following): void {
    const questions = new TopicQuestions({ ...this.#options, onDebug: toLog(this.#options.log) });
    this.#connected = { client, questions };
    following.signal.addEventListener('abort', () => {
      this.#connected = undefined;
      questions.close();
    });
    void this.#watch(questions, following);
  }

  async #watch(questions: TopicQuestions, { partitions, onAnew, signal }: Following): Promise<void> {
    let known: string | undefined;
    while (!signal.aborted) {
      for (const partition of partitions()) void this.#askBounds(partition);
      const topic = await questions.describe().catch(() => undefined);
      if (topic && known !== undefined && topic.id !== known) onAnew();
      known = topic ? topic.id : known;
      if (topic) await this.#findUnread(questions, [...topic.leaders.keys()]).catch(this.#warn);
      await delay(WATCH_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A partition whose leader is silent has no second question. */
  async #askBounds(partition: number): Promise<void> {
    if (this.#asking.has(partition)) return;
    this.#asking.add(partition);
    await this.bounds(partition).catch(() => undefined);
    this.#asking.delete(partition);
  }

  /** The group is asked only while a partition has never had a reader. */
  async #findUnread(questions: TopicQuestions, partitions: readonly number[]): Promise<void> {
    const isNew = (partition: number): boolean => !this.#begun.has(partition);
    if (partitions.some(isNew)) {
      const assigned = await questions.assigned(this.#options.group);
      if (assigned === undefined) return;
      for (const partition of assigned) this.#begun.add(partition);
    }
    const unread = partitions.filter(isNew);
    if (unread.length > this.#unread.length) {
      this.#options.log.warn({ partitions: unread }, 'partitions that nobody reads yet');
    }
    this.#unread = unread;
    for (const partition of unread) void this.#askBounds(partition);
  }

  #note(partition: number, bounds: OffsetBounds): OffsetBounds {
    const before = this.#ends.get(partition);
    const now = laterEnd(before, bounds, performance.now());
    this.#ends.set(partition, now);
    const transaction = lastingTransaction(now);
    if (transaction && !(before && lastingTransaction(before))) {
      this.#options.log.warn({ partition, ...transaction }, 'an open transaction holds readers up');
    }
    return bounds;
  }

  /** The log's start, as the last fetch told it; -1 before the first. */
  #fetchedFirst(partition: number): number {
    try {
      const known = this.#connected?.client.getWatermarkOffsets(this.#options.topic, partition);
      return known?.lowOffset ?? -1;
    } catch {
      return -1;
    }
  }

  readonly #warn = (error: unknown): void => {
    this.#options.log.debug({ err: error }, 'the group does not tell its partitions');
  };

  #connection(): Connected {
    if (!this.#connected) throw new Error('not connected to Kafka');
    return this.#connected;
  }
}
