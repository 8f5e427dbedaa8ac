import { setTimeout as delay } from 'node:timers/promises';
import type { GroupClient } from './group-client.ts';

/** The topic's first offset and the one after its last. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A query blocks one of libuv's few threads, so a dead broker is given up soon. */
const ANSWER_WITHIN_MS = 3_000;
const ASK_AGAIN_MS = 250;

/**
 * Asks Kafka again until a time, by `performance.now()`. A partition that changes its leader, or was just made, has nobody to
 * ask for a second or so, nor has a group without a coordinator: librdkafka says so at once, and leaves it to the caller.
 *
 * @throws what the last question was answered with
 */
export async function askUntil<Answer>(ask: () => Promise<Answer>, untilMs: number): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}

/**
 * Where the topic's partitions begin and end. One question at a time, for each blocks a thread that polls and HDFS need
 * too. The last answer is kept: a partition that is not read, because HDFS is away, still has an end that moves.
 */
export class Watermarks {
  readonly #topic: string;
  readonly #ends = new Map<number, number>();
  #asking: Promise<unknown> = Promise.resolve();

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** As the broker has them now. */
  ask(client: GroupClient, partition: number): Promise<Range> {
    const answer = this.#asking.then(() => this.#query(client, partition));
    this.#asking = answer.catch(() => undefined);
    return answer;
  }

  /** The end as last heard of, by a fetch or a question; asks nobody. */
  end(client: GroupClient | undefined, partition: number): number | undefined {
    const ends = [this.#ends.get(partition), this.#fetched(client, partition)];
    const known = ends.filter((end) => end !== undefined && end >= 0);
    return known.length > 0 ? Math.max(...(known as number[])) : undefined;
  }

  #query(client: GroupClient, partition: number): Promise<Range> {
    return new Promise((resolve, reject) => {
      client.queryWatermarkOffsets(this.#topic, partition, ANSWER_WITHIN_MS, (error, offsets) => {
        if (error) return reject(error);
        this.#ends.set(partition, offsets.highOffset);
        resolve({ low: offsets.lowOffset, high: offsets.highOffset });
      });
    });
  }

  #fetched(client: GroupClient | undefined, partition: number): number | undefined {
    try {
      return client?.getWatermarkOffsets(this.#topic, partition).highOffset;
    } catch {
      // Nothing was fetched yet.
      return undefined;
    }
  }
}
