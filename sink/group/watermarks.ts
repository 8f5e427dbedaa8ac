import { askWatermarks, type OffsetRange } from '../../infra/kafka/offsets.ts';
import type { GroupClient } from './group-client.ts';

/** Short, because an unanswered question blocks one of libuv's few threads. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * The bounds of the topic's partitions. The class asks one question at a time, because each blocks
 * a thread that polls and HDFS need too. It keeps the last answer: the end of a partition moves on
 * while the sink does not read it because HDFS is away.
 */
export class Watermarks {
  readonly #topic: string;
  readonly #ends = new Map<number, number>();
  #asking: Promise<unknown> = Promise.resolve();

  constructor(topic: string) {
    this.#topic = topic;
  }

  /**
   * Asks the partition's leader for the bounds it has now.
   *
   * @throws {LibrdKafkaError} when the leader does not answer
   */
  ask(client: GroupClient, partition: number): Promise<OffsetRange> {
    const answer = this.#asking.then(() => this.#query(client, partition));
    this.#asking = answer.catch(() => undefined);
    return answer;
  }

  /** The last known end, from a fetch or an answer; undefined before the first. Asks nobody. */
  end(client: GroupClient | undefined, partition: number): number | undefined {
    const ends = [this.#ends.get(partition), this.#fetched(client, partition)];
    const known = ends.filter((end) => end !== undefined && end >= 0);
    return known.length > 0 ? Math.max(...(known as number[])) : undefined;
  }

  async #query(client: GroupClient, partition: number): Promise<OffsetRange> {
    const question = { topic: this.#topic, partition, timeoutMs: ANSWER_WITHIN_MS };
    const range = await askWatermarks(client, question);
    this.#ends.set(partition, range.high);
    return range;
  }

  #fetched(client: GroupClient | undefined, partition: number): number | undefined {
    try {
      return client?.getWatermarkOffsets(this.#topic, partition).highOffset;
    } catch {
      // librdkafka has fetched nothing of the partition yet.
      return undefined;
    }
  }
}
