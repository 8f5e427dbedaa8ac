import { randomUUID } from 'node:crypto';
import kafka, { type KafkaConsumer, type Message } from '@confluentinc/kafka-javascript';
import { askUntil } from '../../../infra/kafka/ask-until.ts';
import { connect, disconnect } from '../../../infra/kafka/connection.ts';
import { askMetadata, partitionsOf } from '../../../infra/kafka/metadata.ts';
import type { OffsetRange, PartitionQuestion } from '../../../infra/kafka/offsets.ts';
import { poll } from '../../../infra/kafka/polling.ts';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';

export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

const ANSWER_WITHIN_MS = 15_000;

/**
 * Makes a topic of its own for one test.
 *
 * @param options.prefix what its name begins with
 */
export async function createTopic(
  brokers: string,
  { partitions = 1, prefix = 'test-' } = {},
): Promise<string> {
  const topic = `${prefix}${randomUUID()}`;
  await makeTopic({ brokers, topic, partitions });
  return topic;
}

/** Gives the topic more partitions, so that it has `total`. */
export async function addPartitions(brokers: string, topic: string, total: number): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  try {
    await new Promise<void>((resolve, reject) => {
      admin.createPartitions(topic, total, ANSWER_WITHIN_MS, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    admin.disconnect();
  }
}

/** Drops the records before these offsets, as retention does. */
export async function dropRecords(
  brokers: string,
  before: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  try {
    await new Promise<void>((resolve, reject) => {
      admin.deleteRecords([...before], { timeout: ANSWER_WITHIN_MS }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  } finally {
    admin.disconnect();
  }
}

/**
 * Deletes a topic. Resolves once the brokers have forgotten it, so that a test can make a topic of
 * the same name.
 */
export async function deleteTopic(brokers: string, topic: string): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  try {
    await new Promise<void>((resolve, reject) => {
      admin.deleteTopic(topic, ANSWER_WITHIN_MS, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    admin.disconnect();
  }
}

/** The names of all topics, sorted, without the broker's own topics. */
export async function listTopics(brokers: string): Promise<string[]> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  try {
    return await new Promise<string[]>((resolve, reject) => {
      admin.listTopics({ timeout: ANSWER_WITHIN_MS }, (error, names) =>
        error ? reject(error) : resolve(names.filter((name) => !name.startsWith('__')).toSorted()),
      );
    });
  } finally {
    admin.disconnect();
  }
}

/**
 * Every record of a topic up to its high watermarks at the time of the call, by partition and
 * offset.
 */
export async function readTopic(brokers: string, topic: string): Promise<TopicRecord[]> {
  const reader = await openTopic(brokers, topic);
  return reader.read().finally(() => reader.close());
}

/**
 * Reads one topic again and again on one connection. To connect each time would take longer than to
 * read.
 */
export interface TopicReader {
  /** As `readTopic`. One call at a time. */
  read(): Promise<TopicRecord[]>;
  close(): Promise<void>;
}

export async function openTopic(brokers: string, topic: string): Promise<TopicReader> {
  const consumer = await connectReader(brokers, topic);
  return {
    read: async () => {
      const records: TopicRecord[] = [];
      const metadata = await askMetadata(consumer, { topic, timeoutMs: ANSWER_WITHIN_MS });
      for (const { id } of partitionsOf(metadata, topic)) {
        records.push(...(await readPartition(consumer, topic, id)));
      }
      return records;
    },
    close: () => disconnect(consumer, ANSWER_WITHIN_MS),
  };
}

async function connectReader(brokers: string, topic: string): Promise<KafkaConsumer> {
  const consumer = new kafka.KafkaConsumer(
    {
      'bootstrap.servers': brokers,
      'group.id': `reader-${randomUUID()}`,
      'enable.auto.commit': false,
      'reconnect.backoff.max.ms': 500,
      'fetch.wait.max.ms': 10,
    },
    { 'auto.offset.reset': 'earliest' },
  );
  consumer.setDefaultConsumeTimeout(100);
  await connect(consumer, { topic, timeoutMs: ANSWER_WITHIN_MS });
  return consumer;
}

async function readPartition(
  consumer: KafkaConsumer,
  topic: string,
  partition: number,
): Promise<TopicRecord[]> {
  const ask = () => askWatermarks(consumer, { topic, partition, timeoutMs: ANSWER_WITHIN_MS });
  const { low, high } = await askUntil(ask, performance.now() + ANSWER_WITHIN_MS);
  const records: TopicRecord[] = [];
  consumer.assign([{ topic, partition, offset: low }]);
  const deadline = Date.now() + ANSWER_WITHIN_MS;
  for (let next = low; next < high; ) {
    if (Date.now() > deadline) throw new Error(`${topic}/${partition} could not be read from offset ${next}`);
    for (const message of await poll(consumer, 1_000)) {
      if (message.partition !== partition || message.offset < next) continue;
      next = message.offset + 1;
      records.push(recordOf(message));
    }
  }
  consumer.unassign();
  return records.filter(({ offset }) => offset < high);
}

function recordOf({ partition, offset, key, value, timestamp, headers }: Message): TopicRecord {
  return {
    partition,
    offset,
    key: key === null || key === undefined ? null : key.toString(),
    value: value ?? Buffer.alloc(0),
    timestampMs: timestamp ?? Number.NaN,
    headers: Object.fromEntries(
      (headers ?? []).flatMap((header) => Object.entries(header).map(([name, text]) => [name, String(text)])),
    ),
  };
}

/** Asks the partition's leader for its bounds, which waits behind the consumer's fetch. */
function askWatermarks(
  client: KafkaConsumer,
  { topic, partition, timeoutMs }: PartitionQuestion,
): Promise<OffsetRange> {
  return new Promise((resolve, reject) => {
    client.queryWatermarkOffsets(topic, partition, timeoutMs, (error, offsets) =>
      error ? reject(error) : resolve({ low: offsets.lowOffset, high: offsets.highOffset }),
    );
  });
}
