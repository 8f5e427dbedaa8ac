import { setTimeout as delay } from 'node:timers/promises';
import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import { TopicId, type TopicIdOptions } from '../../infra/kafka/topic-id.ts';
import type { GroupClient } from './group-client.ts';
import { Watermarks } from './watermarks.ts';

const LOOK_INTERVAL_MS = 5_000;

/**
 * What is known of the topic beside its records: its id, and where its partitions begin and end. While it is followed it looks
 * every few seconds, for two reasons: the lag of a partition that is not read, because HDFS is away, has to grow as well;
 * and a topic made anew is told from the old one by its id alone.
 */
export class TopicWatch {
  readonly #options: TopicIdOptions;
  readonly #watermarks: Watermarks;
  #connection: { readonly client: GroupClient; readonly id: TopicId } | undefined;

  constructor(options: TopicIdOptions) {
    this.#options = options;
    this.#watermarks = new Watermarks(options.topic);
  }

  /** @throws where there is no connection, or nobody answers */
  async watermarks(partition: number): Promise<OffsetRange> {
    return this.#watermarks.ask(this.#connected().client, partition);
  }

  /** @throws as `watermarks` does */
  async id(): Promise<string | undefined> {
    return this.#connected().id.ask();
  }

  /** The topic's end as last heard of; asks nobody. */
  endOffset(partition: number): number | undefined {
    return this.#watermarks.end(this.#connection?.client, partition);
  }

  /** Connected from now on, and looking until the signal. `onAnew` is told that the id is another one. */
  follow(
    client: GroupClient,
    {
      partitions,
      onAnew,
      signal,
    }: { partitions: () => Iterable<number>; onAnew: () => void; signal: AbortSignal },
  ): void {
    const id = new TopicId(this.#options);
    this.#connection = { client, id };
    signal.addEventListener('abort', () => {
      this.#connection = undefined;
      id.close();
    });
    void this.#look(partitions, onAnew, signal);
  }

  async #look(partitions: () => Iterable<number>, onAnew: () => void, signal: AbortSignal): Promise<void> {
    let known: string | undefined;
    while (!signal.aborted) {
      const id = await this.id().catch(() => known);
      if (known !== undefined && id !== known) onAnew();
      known = id;
      for (const partition of partitions()) {
        if (!signal.aborted) await this.watermarks(partition).catch(() => undefined);
      }
      await delay(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #connected() {
    if (!this.#connection) throw new Error('not connected to Kafka');
    return this.#connection;
  }
}
