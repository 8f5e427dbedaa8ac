import kafka from '@confluentinc/kafka-javascript';
import { connect, disconnect } from '../../../infra/kafka/connection.ts';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';

export interface Backlog {
  readonly brokers: string;
  readonly topic: string;
  readonly partitions: number;
  readonly messages: number;
  readonly messageBytes: number;
}

const QUEUE_FULL = kafka.CODES.ERRORS.ERR__QUEUE_FULL;
const YIELD_EVERY = 2_000;

/** Fills a new topic with events of exactly `messageBytes`, spread evenly over its partitions. */
export async function fill(backlog: Backlog): Promise<void> {
  const { brokers, topic, partitions, messages, messageBytes } = backlog;
  await makeTopic({ brokers, topic, partitions });
  const producer = new kafka.Producer({
    'bootstrap.servers': brokers,
    'linger.ms': 5,
    'enable.idempotence': true,
  });
  await connect(producer, { timeoutMs: 10_000 });
  producer.setPollInBackground(true);
  const value = eventOf(messageBytes);
  for (let index = 0; index < messages; index++) {
    while (!offer(() => producer.produce(topic, index % partitions, value, 'kim', Date.now()))) await pause();
    if (index % YIELD_EVERY === 0) await pause();
  }
  await new Promise<void>((resolve, reject) => {
    producer.flush(120_000, (error) => (error ? reject(error) : resolve()));
  });
  await disconnect(producer, 10_000);
}

/** An event of exactly `bytes` bytes. */
export function eventOf(bytes: number): Buffer {
  const event = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    timestamp: '2026-11-22T14:00:00.000Z',
    userAgent: '',
    service: 'blue',
    user: 'kim',
  };
  const missing = bytes - JSON.stringify(event).length;
  return Buffer.from(JSON.stringify({ ...event, userAgent: 'x'.repeat(missing) }));
}

/** Returns false where librdkafka's queue is full. */
function offer(produce: () => void): boolean {
  try {
    produce();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === QUEUE_FULL) return false;
    throw error;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
