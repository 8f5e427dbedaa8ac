import { setTimeout as delay } from 'node:timers/promises';
import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import { TopicId, type TopicIdOptions } from '../../infra/kafka/topic-id.ts';
import type { TopicFacts } from './feed.ts';
import type { GroupClient } from './group-client.ts';
import { Watermarks } from './watermarks.ts';

const WATCH_INTERVAL_MS = 5_000;

export interface Following {
  /** The partitions whose bounds are asked for. */
  readonly partitions: () => Iterable<number>;
  /** Called when the topic's id has changed. */
  readonly onAnew: () => void;
  /** Ends the watch when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * What the sink knows of its topic beside the records: the topic's id, and where each partition
 * begins and ends. While the class follows a client it asks every few seconds, for two reasons. The
 * lag of a partition has to grow while the sink does not read it because HDFS is away. And only its
 * id tells a topic that was made anew from the old topic.
 */
export class TopicWatch implements TopicFacts {
  readonly #options: TopicIdOptions;
  readonly #watermarks: Watermarks;
  #connection: { readonly client: GroupClient; readonly id: TopicId } | undefined;

  constructor(options: TopicIdOptions) {
    this.#options = options;
    this.#watermarks = new Watermarks(options.topic);
  }

  /** @throws when the member is not connected, or no broker answers */
  async watermarks(partition: number): Promise<OffsetRange> {
    return this.#watermarks.ask(this.#connected().client, partition);
  }

  /** @throws when the member is not connected, or no broker answers */
  async id(): Promise<string | undefined> {
    return this.#connected().id.ask();
  }

  /** The last known end of the partition; undefined before the first. Asks nobody. */
  endOffset(partition: number): number | undefined {
    return this.#watermarks.end(this.#connection?.client, partition);
  }

  /** Asks by this client, which is connected, until the signal aborts. */
  follow(client: GroupClient, following: Following): void {
    const id = new TopicId(this.#options);
    this.#connection = { client, id };
    following.signal.addEventListener('abort', () => {
      this.#connection = undefined;
      id.close();
    });
    void this.#watch(following);
  }

  async #watch({ partitions, onAnew, signal }: Following): Promise<void> {
    let known: string | undefined;
    while (!signal.aborted) {
      const id = await this.id().catch(() => known);
      if (known !== undefined && id !== known) onAnew();
      known = id;
      for (const partition of partitions()) {
        if (!signal.aborted) await this.watermarks(partition).catch(() => undefined);
      }
      await delay(WATCH_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #connected() {
    if (!this.#connection) throw new Error('not connected to Kafka');
    return this.#connection;
  }
}
