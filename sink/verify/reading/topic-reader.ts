import { randomUUID } from 'node:crypto';
import kafka, { type EofEvent, type KafkaConsumer, type Message } from '@confluentinc/kafka-javascript';
import type { LibrdkafkaValue } from '../../../producer/contract/kafka-settings.ts';
import { askUntil, type Range } from '../../group/watermarks.ts';
import type { TopicRecord } from '../../ledger/line.ts';
import type { RecordQueue } from './merge.ts';

export interface TopicReaderOptions {
  readonly brokers: string;
  readonly topic: string;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
}

/** Kafka does not say what it was asked. */
export class TopicReaderError extends Error {
  override readonly name = 'TopicReaderError';
}

const ANSWER_WITHIN_MS = 10_000;
const POLL_COUNT = 1_000;
const POLL_MS = 200;
/** Without a record or the end for so long, Kafka is taken to be away. */
const PATIENCE_MS = 60_000;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * Reads a topic partition by partition, from explicit offsets. It is no member of any group, so it disturbs no sink, and
 * commits nothing.
 */
export class TopicReader {
  readonly #consumer: KafkaConsumer;
  readonly #topic: string;

  private constructor(consumer: KafkaConsumer, topic: string) {
    this.#consumer = consumer;
    this.#topic = topic;
  }

  /** @throws {TopicReaderError} where the brokers do not answer or have no such topic */
  static async connect({ brokers, topic, config }: TopicReaderOptions): Promise<TopicReader> {
    const consumer = new kafka.KafkaConsumer(
      {
        'reconnect.backoff.max.ms': 1_000,
        'queued.max.messages.kbytes': 4_096,
        // At the end of a partition a question for its bounds waits behind a fetch.
        'fetch.wait.max.ms': 50,
        ...config,
        'metadata.broker.list': brokers,
        // librdkafka wants a name; nobody ever joins it.
        'group.id': `verify-${randomUUID()}`,
        'enable.auto.commit': false,
        'enable.auto.offset.store': false,
        'enable.partition.eof': true,
      },
      { 'auto.offset.reset': 'earliest' },
    );
    consumer.setDefaultConsumeTimeout(POLL_MS);
    (
      consumer as KafkaConsumer & { setDefaultIsTimeoutOnlyForFirstMessage(value: boolean): void }
    ).setDefaultIsTimeoutOnlyForFirstMessage(true);
    // Without a listener there is nobody to tell; what matters shows as a deadline.
    consumer.on('event.error', () => undefined);
    try {
      await new Promise<void>((resolve, reject) => {
        consumer.connect({ topic, allTopics: false, timeout: ANSWER_WITHIN_MS }, (error) =>
          error ? reject(error) : resolve(),
        );
      });
    } catch (error) {
      await disconnect(consumer);
      throw new TopicReaderError(`${brokers} did not answer: ${messageOf(error)}`, { cause: error });
    }
    return new TopicReader(consumer, topic);
  }

  /** @throws {TopicReaderError} where there is no such topic */
  async partitions(): Promise<readonly number[]> {
    const found = await new Promise<readonly number[]>((resolve, reject) => {
      const options = { topic: this.#topic, allTopics: false, timeout: ANSWER_WITHIN_MS };
      this.#consumer.getMetadata(options, (error, metadata) => {
        if (error) return reject(new TopicReaderError(`no answer about the topic: ${error.message}`));
        const topic = metadata.topics.find(({ name }) => name === this.#topic);
        resolve((topic?.partitions ?? []).map(({ id }) => id));
      });
    });
    if (found.length === 0) throw new TopicReaderError(`the brokers have no topic "${this.#topic}"`);
    return [...found].sort((a, b) => a - b);
  }

  /** The partition's first offset and the one after its last. @throws {TopicReaderError} */
  async range(partition: number): Promise<Range> {
    try {
      return await askUntil(() => this.#askRange(partition), performance.now() + ANSWER_WITHIN_MS);
    } catch (error) {
      throw new TopicReaderError(`no answer about partition ${partition}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The records of a partition. One partition at a time: asking for the next ends the one before. */
  records(partition: number, range: Range): PartitionRecords {
    if (range.low < range.high) {
      this.#consumer.assign([{ topic: this.#topic, partition, offset: range.low }]);
    }
    return new PartitionRecords(this.#consumer, partition, range);
  }

  close(): Promise<void> {
    return disconnect(this.#consumer);
  }

  #askRange(partition: number): Promise<Range> {
    return new Promise((resolve, reject) => {
      this.#consumer.queryWatermarkOffsets(this.#topic, partition, ANSWER_WITHIN_MS, (error, offsets) =>
        error ? reject(error) : resolve({ low: offsets.lowOffset, high: offsets.highOffset }),
      );
    });
  }
}

/** The records of one partition in the order of their offsets, up to an end. Holds one poll's worth. */
export class PartitionRecords implements RecordQueue {
  readonly #consumer: KafkaConsumer;
  readonly #partition: number;
  readonly #end: number;
  #next: number;
  #batch: readonly TopicRecord[] = [];
  #index = 0;
  #ended: boolean;

  constructor(consumer: KafkaConsumer, partition: number, { low, high }: Range) {
    this.#consumer = consumer;
    this.#partition = partition;
    this.#next = low;
    this.#end = high;
    this.#ended = low >= high;
  }

  get head(): TopicRecord | undefined {
    return this.#batch[this.#index];
  }

  take(): void {
    this.#index += 1;
  }

  /** @throws {TopicReaderError} where Kafka has been silent for too long */
  async peek(): Promise<TopicRecord | undefined> {
    const deadline = performance.now() + PATIENCE_MS;
    while (this.head === undefined && !this.#ended) {
      this.#index = 0;
      this.#batch = await this.#poll();
      if (performance.now() > deadline && this.#batch.length === 0) {
        throw new TopicReaderError(`Kafka sends nothing of partition ${this.#partition} from ${this.#next}`);
      }
    }
    return this.head;
  }

  async #poll(): Promise<readonly TopicRecord[]> {
    // The last offsets may hold no record to read: a transaction's end, or one still open.
    const onEnd = ({ partition }: EofEvent): void => {
      if (partition === this.#partition) this.#ended = true;
    };
    this.#consumer.on('partition.eof', onEnd);
    const messages = await consume(this.#consumer).finally(() => this.#consumer.off('partition.eof', onEnd));
    const records: TopicRecord[] = [];
    for (const message of messages) {
      if (message.partition !== this.#partition || message.offset < this.#next) continue;
      this.#next = message.offset + 1;
      if (message.offset < this.#end) records.push(message);
    }
    if (this.#next >= this.#end) this.#ended = true;
    return records;
  }
}

/** Nothing where it failed: librdkafka tries again by itself. */
function consume(consumer: KafkaConsumer): Promise<readonly Message[]> {
  return new Promise((resolve) => {
    consumer.consume(POLL_COUNT, (error, messages) => {
      if (!error) return resolve(messages);
      setTimeout(() => resolve([]), POLL_MS);
    });
  });
}

function disconnect(consumer: KafkaConsumer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DISCONNECT_WITHIN_MS);
    consumer.disconnect(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
