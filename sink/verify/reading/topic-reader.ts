import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import kafka, { type EofEvent, type KafkaConsumer, type Message } from '@confluentinc/kafka-javascript';
import { askUntil } from '../../../infra/kafka/ask-until.ts';
import { ofDebug, toStandardError } from '../../../infra/kafka/client-log.ts';
import { connect, disconnect } from '../../../infra/kafka/connection.ts';
import { askMetadata, partitionsOf } from '../../../infra/kafka/metadata.ts';
import type { OffsetRange } from '../../../infra/kafka/offsets.ts';
import { limitPolls, poll } from '../../../infra/kafka/polling.ts';
import { TopicQuestions } from '../../../infra/kafka/topic-questions.ts';
import type { LibrdkafkaValue } from '../../../producer/contract/kafka-settings.ts';
import type { TopicRecord } from '../../ledger/line.ts';
import type { RecordQueue } from './record-queue.ts';

export interface TopicReaderOptions {
  readonly brokers: string;
  readonly topic: string;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
}

/** Kafka did not answer a question of the verification, or has no such topic. */
export class TopicReaderError extends Error {
  override readonly name = 'TopicReaderError';
}

const ANSWER_WITHIN_MS = 10_000;
const POLL_COUNT = 1_000;
const POLL_MS = 200;
/** After so long without a record and without the partition's end, Kafka counts as away. */
const SILENCE_LIMIT_MS = 60_000;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * Reads a topic partition by partition, from explicit offsets. The reader joins no group, so it
 * disturbs no sink, and it commits nothing.
 */
export class TopicReader {
  readonly #consumer: KafkaConsumer;
  readonly #questions: TopicQuestions;
  readonly #topic: string;

  private constructor(consumer: KafkaConsumer, options: TopicReaderOptions) {
    this.#consumer = consumer;
    this.#questions = new TopicQuestions({ ...options, onDebug: toStandardError });
    this.#topic = options.topic;
  }

  /** @throws {TopicReaderError} when no broker answers */
  static async connect(options: TopicReaderOptions): Promise<TopicReader> {
    const { brokers, topic } = options;
    const consumer = newConsumer(options);
    try {
      await connect(consumer, { topic, timeoutMs: ANSWER_WITHIN_MS });
    } catch (error) {
      await disconnect(consumer, DISCONNECT_WITHIN_MS);
      throw new TopicReaderError(`${brokers} did not answer: ${messageOf(error)}`, { cause: error });
    }
    return new TopicReader(consumer, options);
  }

  /**
   * The ids of the topic's partitions, ascending.
   *
   * @throws {TopicReaderError} when no broker answers, or when the brokers do not know the topic
   */
  async partitions(): Promise<readonly number[]> {
    const topic = this.#topic;
    const question = askMetadata(this.#consumer, { topic, timeoutMs: ANSWER_WITHIN_MS });
    const metadata = await question.catch((error: unknown) => {
      throw new TopicReaderError(`no answer about the topic: ${messageOf(error)}`, { cause: error });
    });
    const partitions = partitionsOf(metadata, topic);
    if (partitions.length === 0) throw new TopicReaderError(`the brokers have no topic "${topic}"`);
    return partitions.map(({ id }) => id);
  }

  /** The topic's id; undefined where the brokers have no ids, or do not answer. */
  async topicId(): Promise<string | undefined> {
    return this.#questions.describe().then(
      ({ id }) => id,
      () => undefined,
    );
  }

  /**
   * The bounds that the partition has now. Callers of the same moment share the question.
   *
   * @throws {TopicReaderError} when no leader answers
   */
  async range(partition: number): Promise<OffsetRange> {
    try {
      const untilMs = performance.now() + ANSWER_WITHIN_MS;
      return await askUntil(() => this.#questions.bounds(partition), untilMs);
    } catch (error) {
      throw new TopicReaderError(`no answer about partition ${partition}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The records of one partition. Reading another partition ends the reading of this one. */
  records(partition: number, range: OffsetRange): PartitionRecords {
    if (range.low < range.high) {
      this.#consumer.assign([{ topic: this.#topic, partition, offset: range.low }]);
    }
    return new PartitionRecords(this.#consumer, partition, range);
  }

  close(): Promise<void> {
    this.#questions.close();
    return disconnect(this.#consumer, DISCONNECT_WITHIN_MS);
  }
}

function newConsumer({ brokers, config }: TopicReaderOptions): KafkaConsumer {
  const consumer = new kafka.KafkaConsumer(
    {
      'reconnect.backoff.max.ms': 1_000,
      'queued.max.messages.kbytes': 4_096,
      // An empty fetch tells the end of a partition.
      'fetch.wait.max.ms': 50,
      ...config,
      'metadata.broker.list': brokers,
      // librdkafka requires a group. Nothing ever joins this one.
      'group.id': `verify-${randomUUID()}`,
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'enable.partition.eof': true,
    },
    { 'auto.offset.reset': 'earliest' },
  );
  limitPolls(consumer, POLL_MS);
  // An error event without a listener ends the process. The deadlines reveal a lasting error.
  consumer.on('event.error', () => undefined);
  consumer.on('event.log', ofDebug(toStandardError));
  return consumer;
}

/** The records of one partition by ascending offset, up to an end. Holds one poll's records. */
export class PartitionRecords implements RecordQueue {
  readonly #consumer: KafkaConsumer;
  readonly #partition: number;
  readonly #end: number;
  #next: number;
  #batch: readonly TopicRecord[] = [];
  #index = 0;
  #ended: boolean;

  constructor(consumer: KafkaConsumer, partition: number, { low, high }: OffsetRange) {
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

  /** @throws {TopicReaderError} when Kafka has sent nothing for a minute */
  async peek(): Promise<TopicRecord | undefined> {
    const deadlineMs = performance.now() + SILENCE_LIMIT_MS;
    while (this.head === undefined && !this.#ended) {
      this.#index = 0;
      this.#batch = await this.#poll();
      if (performance.now() > deadlineMs && this.#batch.length === 0) {
        throw new TopicReaderError(`Kafka sends nothing of partition ${this.#partition} from ${this.#next}`);
      }
    }
    return this.head;
  }

  async #poll(): Promise<readonly TopicRecord[]> {
    // The last offsets may hold no readable record: a transaction's end, or an open transaction.
    const onEnd = ({ partition }: EofEvent): void => {
      if (partition === this.#partition) this.#ended = true;
    };
    this.#consumer.on('partition.eof', onEnd);
    const messages = await pollOrPause(this.#consumer).finally(() =>
      this.#consumer.off('partition.eof', onEnd),
    );
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

/** Returns no message when the poll failed: librdkafka retries by itself. */
function pollOrPause(consumer: KafkaConsumer): Promise<readonly Message[]> {
  return poll(consumer, POLL_COUNT).catch(() => delay(POLL_MS, []));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
